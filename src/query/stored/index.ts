import { MapauditError } from '../../base/errors.ts';
import type { ApiLimit, ApiRates, ApiSlice, ApiTable, KeptQuestions } from '../../protocol/api.ts';
import type { Ask, Store } from '../../store/index.ts';
import { eventsOf, keyOf } from './events.ts';
import { findingsOf } from './findings.ts';
import { mapOf } from './map_page.ts';
import { overviewOf } from './overview.ts';
import { ratesOf } from './rates.ts';
import { sitePageOf } from './site_page.ts';
import { checkSlice } from './slice.ts';
import { checkStep } from './steps.ts';
import { type TextTable, textQuery } from './text/answer.ts';
import { withGaps } from './uncounted.ts';

export interface KeptOptions {
  /** Unix milliseconds: what `last 10m` ends with. */
  readonly now?: () => number;
  /** Aborted when nobody waits for answers any more: they end with the error `nobody-waits`. */
  readonly signal?: AbortSignal;
}

const FINDINGS = 1000;

/** Answers what can be asked of the past out of a store. */
export function keptQuestions(
  store: Pick<Store, 'reader' | 'sql'>,
  { now = Date.now, signal }: KeptOptions = {},
): KeptQuestions {
  const read = <T>(questions: (ask: Ask) => Promise<T>): Promise<T> => store.reader.read(questions, signal);
  return {
    overview: async (slice) => {
      checkSlice(slice);
      return await read((ask) => overviewOf(ask, slice));
    },
    rates: async (slice, by, step, limit) => {
      checkSlice(slice);
      checkStep(slice.from, slice.to, step);
      return await read(async (ask) =>
        withGaps(ask, slice, by, await ratesOf(ask, slice, by, step, limitOf(limit, 10, 200))),
      );
    },
    findings: async (slice) => {
      checkSlice(slice);
      return { type: 'findings', findings: await read((ask) => findingsOf(ask, slice, FINDINGS)) };
    },
    map: async (slice) => {
      checkSlice(slice);
      return await read(async (ask) => gapped(ask, slice, await mapOf(ask, slice)));
    },
    site: async (slice) => {
      checkSlice(slice);
      return await read(async (ask) => gapped(ask, slice, await sitePageOf(ask, slice)));
    },
    key: async (slice, key, limit) => {
      checkSlice(slice);
      return await read((ask) => keyOf(ask, slice, key, limitOf(limit, 1000, 10_000)));
    },
    events: async (slice, filter, limit) => {
      checkSlice(slice);
      return await read((ask) => eventsOf(ask, slice, filter, limitOf(limit, 200, 10_000)));
    },
    query: (text) => timed(() => read((ask) => textQuery(ask, text, now()))),
    sql: (text) => timed(() => store.sql(text, signal === undefined ? {} : { signal })),
    endingWith: (asker) => keptQuestions(store, { now, signal: asker }),
  };
}

/** An answer whose rates by operation say where nothing was counted. */
async function gapped<T extends { readonly rates: ApiRates }>(
  ask: Ask,
  slice: ApiSlice,
  answer: T,
): Promise<T> {
  return { ...answer, rates: await withGaps(ask, slice, 'op', answer.rates) };
}

/** Error: `limit`. */
function limitOf({ limit }: ApiLimit, usual: number, most: number): number {
  if (limit === undefined) return usual;
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new MapauditError('limit', `a limit is a whole number from 1 to ${most}`, { hint: `limit=${usual}` });
}

async function timed(ask: () => Promise<TextTable>): Promise<ApiTable> {
  const begin = performance.now();
  const table = await ask();
  return { type: 'table', ...table, took_ms: Math.round((performance.now() - begin) * 10) / 10 };
}
