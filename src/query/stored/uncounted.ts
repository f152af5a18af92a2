import { isRead } from '../../model/map_op.ts';
import type { ApiRates, ApiSlice, ApiUncounted } from '../../protocol/api.ts';
import type { Ask } from '../../store/index.ts';
import { crossing } from './long_windows.ts';
import { type Condition, conditionOf } from './slice.ts';

/** A process that was not counted in a step; `slot` is when the step begins. */
interface Gap {
  readonly process: string;
  readonly isAll: boolean;
  readonly slot: number;
  readonly ms: number;
}

/**
 * Counts over time with what was not counted: null in place of a 0 that nobody has counted. A count of a step in which
 * counting was off for a part is what was counted in the rest; `uncounted` says of which steps that is so.
 */
export async function withGaps(
  ask: Ask,
  slice: ApiSlice,
  by: 'op' | 'map_type' | 'site' | 'process',
  rates: ApiRates,
): Promise<ApiRates> {
  const gaps = (await gapsOf(ask, slice, rates.step)).filter(({ isAll }) => isAll || isOfReads(slice.op));
  if (gaps.length === 0) return rates;
  const index = ({ slot }: Gap): number => (slot - rates.at) / rates.step;
  const length = rates.series.reduce((most, { points }) => Math.max(most, points.length), 0);
  const uncounted = new Array<number>(length).fill(0);
  for (const gap of gaps) {
    const i = index(gap);
    if (i >= 0 && i < length) uncounted[i] = Math.max(uncounted[i] ?? 0, Math.min(gap.ms, rates.step));
  }
  const series = rates.series.map((one) => {
    const unknown = new Set(
      gaps
        .filter(
          ({ process, isAll }) => (by !== 'process' || one.name === process) && (isAll || isOfReads(one.op)),
        )
        .map(index),
    );
    return { ...one, points: one.points.map((point, i) => (point === 0 && unknown.has(i) ? null : point)) };
  });
  return { ...rates, series, uncounted };
}

/** How long each process was not counted within a slice. */
export async function uncountedOf(ask: Ask, slice: ApiSlice): Promise<ApiUncounted[]> {
  const { process } = slice;
  const times = await uncountedWithin(ask, slice, conditionOf(process === undefined ? {} : { process }));
  return times
    .filter(({ ops }) => ops === 'all' || isOfReads(slice.op))
    .map(({ process: ref, ops, ms }) => ({ process: ref, ops, ms }));
}

/** The same with the numbers by which the store knows the processes; `condition` is on the column process. */
export async function uncountedWithin(
  ask: Ask,
  { from, to }: { readonly from: number; readonly to: number },
  { sql, values }: Condition,
): Promise<readonly (ApiUncounted & { readonly id: number })[]> {
  const rows = await ask(
    `SELECT p.id AS id, p.ref AS ref, u.ops AS ops, sum(u.ms) AS ms FROM uncounted u JOIN processes p ON p.id = u.process
     WHERE u.start >= {from:Int64} AND u.start < {to:Int64}${sql} GROUP BY p.id, p.ref, u.ops ORDER BY p.ref, u.ops`,
    { ...values, from, to },
  );
  return rows.map(({ id, ref, ops, ms }) => ({
    id: Number(id),
    process: String(ref),
    ops: ops === 'all' ? ('all' as const) : ('reads' as const),
    ms: Number(ms),
  }));
}

async function gapsOf(ask: Ask, slice: ApiSlice, step: number): Promise<Gap[]> {
  const { process, from, to } = slice;
  const { sql, values } = conditionOf(process === undefined ? {} : { process });
  const rows = await ask(
    `SELECT p.ref AS ref, u.ops AS ops, u.start - u.start % ${step} AS slot,
       (u.start + coalesce(l.length, 1) - 1) // ${step} - u.start // ${step} AS more, sum(u.ms) AS ms
     FROM uncounted u JOIN processes p ON p.id = u.process
     LEFT JOIN (${crossing('spans_1s', step)}) l ON l.start = u.start
     WHERE u.start >= {from:Int64} AND u.start < {to:Int64}${sql} GROUP BY p.ref, u.ops, 3, 4`,
    { ...values, from: from - (from % step), to },
  );
  const gaps = new Map<string, Gap>();
  for (const { ref, ops, slot, more, ms } of rows) {
    // A window that is longer than a second has a part of several steps.
    const steps = Number(more) + 1;
    for (let i = 0; i < steps; i++) {
      const part = { process: String(ref), isAll: ops === 'all', slot: Number(slot) + i * step };
      const name = Object.values(part).join(' ');
      gaps.set(name, { ...part, ms: (gaps.get(name)?.ms ?? 0) + Math.round(Number(ms) / steps) });
    }
  }
  return [...gaps.values()];
}

/** Whether what is asked has reads in it. */
const isOfReads = (op: ApiSlice['op']): boolean => op === undefined || isRead(op);
