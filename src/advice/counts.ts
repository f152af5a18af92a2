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

/** Deletes that removed something: at least so many. Undefined when deletes were not counted, or what they did. */
export function removedOf(facts: MapFacts): number | undefined {
  return sumOf(facts, 'delete', (one) => one.found);
}

/** Assigns that put a new key in: at least so many. Undefined when assigns were not counted, or what they did. */
export function insertedOf(facts: MapFacts): number | undefined {
  return sumOf(facts, 'assign', (one) => one.notFound);
}

function sumOf(
  facts: MapFacts,
  op: CountedOp,
  part: (one: SiteCount) => number | undefined,
): number | undefined {
  if (totalOf(facts, op) === undefined) return undefined;
  const counts = countsOf(facts, op);
  if (counts.length > 0 && counts.every((one) => part(one) === undefined)) return undefined;
  return counts.reduce((sum, one) => sum + (part(one) ?? 0), 0);
}

/** The line that does most of it. */
export const busiestSite = (counts: readonly SiteCount[]): EventFrame | undefined => counts[0]?.site;

/** Up to two digits that count, upwards: 9,713 is 9,800. */
export function roundUp(n: number): number {
  if (n <= 100) return Math.ceil(n);
  const step = 10 ** (Math.floor(Math.log10(n)) - 1);
  return Math.ceil(n / step) * step;
}
