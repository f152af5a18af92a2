import { isRead, READ_OPS } from '../../../model/map_op.ts';
import type { ApiUncounted } from '../../../protocol/api.ts';
import type { Ask } from '../../../store/index.ts';
import type { Source } from '../source.ts';
import { uncountedWithin } from '../uncounted.ts';
import type { TextQuery } from './ast.ts';
import { termsCondition } from './conditions.ts';

/** What the counts of a question leave out, and what its rates are over. */
export interface CountedTime {
  readonly uncounted: readonly ApiUncounted[];
  /** SQL of a sum over windows `w`: counts by the time in which they were counted. NULL where there was none. */
  readonly perSecond: string;
}

/**
 * A rate is over the time of which something is known: of which there are windows, and in which the operation of that
 * process was counted.
 */
export async function countedTime(ask: Ask, query: TextQuery, source: Source): Promise<CountedTime> {
  const [span] = await ask(`SELECT coalesce(sum(length), 0) AS length FROM ${source.spans} s`);
  const known = Number(span?.['length'] ?? 0);
  const times = await timesOf(ask, query, source);
  const weights = new Map<number, { all: number; reads: number }>();
  for (const { id, ops, ms } of times) {
    const one = weights.get(id) ?? { all: 0, reads: 0 };
    weights.set(id, { ...one, [ops]: one[ops] + ms });
  }
  const cases = [...weights].flatMap(([id, { all, reads }]) => [
    `WHEN process = ${id} AND op IN (${READ_OPS.map((op) => `'${op}'`).join(', ')}) THEN ${weight(known - all - reads)}`,
    `WHEN process = ${id} THEN ${weight(known - all)}`,
  ]);
  const usual = weight(known);
  const each = cases.length === 0 ? usual : `CASE ${cases.join(' ')} ELSE ${usual} END`;
  return { uncounted: said(times), perSecond: `sum(count * ${each})` };
}

/** For how long what a question asks for was not counted. */
export async function uncountedBy(
  ask: Ask,
  query: TextQuery,
  time: { readonly from: number; readonly to: number },
): Promise<readonly ApiUncounted[]> {
  return said(await timesOf(ask, query, time));
}

type Times = Awaited<ReturnType<typeof uncountedWithin>>;

async function timesOf(
  ask: Ask,
  query: TextQuery,
  time: { readonly from: number; readonly to: number },
): Promise<Times> {
  const where = query.where.filter(({ field }) => field === 'process');
  const times = await uncountedWithin(
    ask,
    time,
    await termsCondition(ask, { ...query, where }, 'operations'),
  );
  return hasReads(query) ? times : times.filter(({ ops }) => ops === 'all');
}

function hasReads({ subject, where }: TextQuery): boolean {
  const ops = subject.kind === 'operations' ? subject.ops : (['grow'] as const);
  const asked = where.filter(({ field }) => field === 'op');
  return ops.some((op) => isRead(op) && asked.every(({ sign, value }) => (sign === '=') === (value === op)));
}

const said = (times: Times): readonly ApiUncounted[] =>
  times.map(({ process, ops, ms }) => ({ process, ops, ms }));

const weight = (ms: number): string => (ms <= 0 ? 'NULL' : String(1000 / ms));
