import { MapauditError, messageOf } from '../base/errors.ts';
import type { ApiTable } from '../protocol/api.ts';
import type { StoredQuery } from '../protocol/store.ts';
import { checkedTable } from './checked_table.ts';

/**
 * A question put to a store's file, or to the service that holds it. Errors: those of `openStore`, of the question, and
 * `service-unreachable`, `service-answer`.
 */
export async function storedQuery(query: StoredQuery): Promise<ApiTable> {
  return 'store' in query.of
    ? await askFile(query.of.store, query.ask)
    : await askService(query.of, query.ask);
}

/** DuckDB is loaded when it is needed: it takes longer to load than all else. */
async function askFile(path: string, ask: StoredQuery['ask']): Promise<ApiTable> {
  const [{ openStore }, { keptQuestions }] = await Promise.all([
    import('../store/index.ts'),
    import('../query/stored/index.ts'),
  ]);
  const store = await openStore({ path, readOnly: true });
  try {
    const questions = keptQuestions(store);
    return 'sql' in ask ? await questions.sql(ask.sql) : await questions.query(ask.text);
  } finally {
    await store.close();
  }
}

const TIMEOUT_MS = 60_000;
const MOST_BYTES = 64 * 1024 * 1024;

async function askService(
  { url, token }: { readonly url: string; readonly token?: string },
  ask: StoredQuery['ask'],
): Promise<ApiTable> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const isSql = 'sql' in ask;
  const address = isSql ? `${url}/api/v1/sql` : `${url}/api/v1/query?q=${encodeURIComponent(ask.text)}`;
  const post = isSql
    ? {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ sql: ask.sql }),
      }
    : { headers };
  let status: number;
  let text: string;
  try {
    const response = await fetch(address, {
      ...post,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    text = await boundedText(response);
  } catch (error) {
    throw new MapauditError('service-unreachable', `${url} does not answer: ${causeOf(error)}`, {
      hint: 'mapaudit serve prints its address when it begins.',
      cause: error,
    });
  }
  return tableOf(text, status, url);
}

async function boundedText(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    if (text.length > MOST_BYTES) throw new Error('the answer is larger than 64 MB');
  }
  return text + decoder.decode();
}

function causeOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return cause === undefined ? messageOf(error) : messageOf(cause);
}

function tableOf(text: string, status: number, url: string): ApiTable {
  const answer = parsed(text);
  const table = status === 200 ? checkedTable(answer) : undefined;
  if (table !== undefined) return table;
  const { type, code, message, hint } = answer;
  if (type === 'error' && typeof code === 'string' && typeof message === 'string')
    throw new MapauditError(code, message, typeof hint === 'string' ? { hint } : {});
  if (status === 401 || status === 403)
    throw new MapauditError('token', `${url} refuses the token`, {
      hint: 'Add --token TOKEN, as mapaudit serve has printed it.',
    });
  throw new MapauditError('service-answer', `${url} answers something else (status ${status})`, {
    hint: 'Is that mapaudit serve?',
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
