import type { EventFrame } from '../protocol/event.ts';
import type { CountedOp, MapFacts, SiteCount } from './facts.ts';

/** Counts of some kinds of operations, the largest first. */
export function countsOf({ counts }: MapFacts, ...ops: readonly CountedOp[]): readonly SiteCount[] {
  const of = (counts ?? []).filter((one) => ops.includes(one.op) && one.count > 0);
  return of.sort((a, b) => b.count - a.count);
}

/** How many operations of some kinds there were. Undefined when one of the kinds was not counted. */
export function totalOf(facts: MapFacts, ...ops: readonly CountedOp[]): number | undefined {
  if (facts.counts === undefined || !ops.every((op) => facts.counted?.includes(op) === true))
    return undefined;
  return countsOf(facts, ...ops).reduce((sum, one) => sum + one.count, 0);
}

/** A second, over the time that was observed. */
export function perSecond({ observedSeconds }: MapFacts, count: number | undefined): number | undefined {
  if (count === undefined || observedSeconds === undefined || observedSeconds <= 0) return undefined;
  return count / observedSeconds;
}

/** Deletes that removed something. Undefined when for one of them it is not known. */
export function removedOf(facts: MapFacts): number | undefined {
  if (totalOf(facts, 'delete') === undefined) return undefined;
  let sum = 0;
  for (const one of countsOf(facts, 'delete')) {
    if (one.found === undefined) return undefined;
    sum += one.found;
  }
  return sum;
}

/** Assigns that put a new key in. Undefined when for one of them it is not known. */
export function insertedOf(facts: MapFacts): number | undefined {
  if (totalOf(facts, 'assign') === undefined) return undefined;
  let sum = 0;
  for (const one of countsOf(facts, 'assign')) {
    if (one.notFound === undefined) return undefined;
    sum += one.notFound;
  }
  return sum;
}

/** The line that does most of it. */
export const busiestSite = (counts: readonly SiteCount[]): EventFrame | undefined => counts[0]?.site;

/** Up to two digits that count, upwards: 9,713 is 9,800. */
export function roundUp(n: number): number {
  if (n <= 100) return Math.ceil(n);
  const step = 10 ** (Math.floor(Math.log10(n)) - 1);
  return Math.ceil(n / step) * step;
}
