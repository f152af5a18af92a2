import type { Ask } from '../../store/index.ts';

/** Longer than that are sums of windows, which begin and end with their steps. */
const LONGEST_MS = 60_000;

/** Windows that reach over the end of a step, from a table or query with `start` and `length`. */
export const crossing = (spans: string, step: number): string =>
  `SELECT start, max(length) AS length FROM ${spans} s WHERE length > 1000 AND length < ${LONGEST_MS}
   AND start // ${step} <> (start + length - 1) // ${step} GROUP BY start`;

/** What of a count falls into each step from the one in which the window begins, as if it had come evenly; whole numbers. */
export function sharesOf(start: number, length: number, step: number, count: number): readonly number[] {
  const shares: number[] = [];
  let given = 0;
  for (let end = start - (start % step) + step; given < count || shares.length === 0; end += step) {
    const upTo = Math.round((count * Math.min(end - start, length)) / length);
    shares.push(upTo - given);
    given = upTo;
  }
  return shares;
}

/** Moves the counts of windows that are longer than a second to the steps in which they lie. */
export async function spread(
  ask: Ask,
  { windows, spans, values }: { readonly windows: string; readonly spans: string; readonly values: Values },
  { by, at, step }: { readonly by: string; readonly at: number; readonly step: number },
  points: ReadonlyMap<unknown, (number | null)[]>,
): Promise<void> {
  const long = await ask(crossing(spans, step));
  if (long.length === 0) return;
  const lengths = new Map(long.map(({ start, length }) => [Number(start), Number(length)]));
  const rows = await ask(
    `SELECT ${by} AS of, start, sum(count) AS count FROM ${windows} w
     WHERE start IN (${[...lengths.keys()].join(', ')}) GROUP BY ${by}, start`,
    values,
  );
  for (const row of rows) {
    const series = points.get(row['of'] ?? null);
    const [start, count] = [Number(row['start']), Number(row['count'])];
    const first = Math.floor((start - at) / step);
    if (series === undefined) continue;
    for (const [i, share] of sharesOf(start, lengths.get(start) ?? step, step, count).entries()) {
      // What lies beyond the end of what was asked for stays in the last step: sums are exact.
      const slot = Math.min(first + i, series.length - 1);
      series[first] = (series[first] ?? 0) - share;
      series[slot] = (series[slot] ?? 0) + share;
    }
  }
}

type Values = Parameters<Ask>[1];
