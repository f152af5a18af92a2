import type { StoredQuery } from '../../protocol/store.ts';
import { usageError } from '../parse/usage_error.ts';
import type { OptionValues } from './table.ts';

/** All that `query` needs. */
export function queryOptionsOf(
  text: string | undefined,
  { store, sql, url, token }: OptionValues,
  environment: NodeJS.ProcessEnv = process.env,
): StoredQuery {
  if (text !== undefined && sql !== undefined)
    throw usageError('contradiction', 'a question and --sql stand beside each other', {
      hint: 'Use one of them.',
    });
  const ask = sql === undefined ? (text === undefined ? undefined : { text }) : { sql };
  if (ask === undefined)
    throw usageError('no-question', 'nothing is asked', {
      hint: "Ask something: mapaudit query 'deletes by site last 10m' --store FILE.",
    });
  if (store !== undefined && url !== undefined)
    throw usageError('contradiction', '--store and --url stand beside each other', {
      hint: 'Use one of them.',
    });
  if (store !== undefined) {
    if (token !== undefined)
      throw usageError('contradiction', '--token has no meaning without --url', { hint: 'Leave it out.' });
    return { ask, of: { store } };
  }
  if (url === undefined)
    throw usageError('no-store', 'it is not said what is to be asked', {
      hint: 'Say --store FILE, or --url http://127.0.0.1:7777 for a running mapaudit serve.',
    });
  const secret = token ?? environment['MAPAUDIT_TOKEN'];
  return { ask, of: { url: checkedUrl(url), ...(secret === undefined ? {} : { token: secret }) } };
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin;
  throw usageError('url', `${JSON.stringify(text)} is no address`, {
    hint: 'For example: http://127.0.0.1:7777.',
  });
}
