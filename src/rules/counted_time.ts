import type { FeedItem } from '../model/feed.ts';
import { isRead, type MapOp } from '../model/map_op.ts';
import type { ProcessRef, Uncounted } from '../model/window.ts';
import { processKey } from './names.ts';
import { SecondSums } from './second_ring.ts';

interface Known {
  /** Before that nobody looked. */
  readonly since: number;
  /** Those that are counted at all; absent: each. */
  readonly ops: readonly MapOp[] | undefined;
  /** Milliseconds of each second in which nothing was counted, and in which reads were not. */
  readonly not: { readonly all: SecondSums; readonly reads: SecondSums };
}

/**
 * Of which time it is known what processes did: since they are watched, and without what was left uncounted to keep to
 * the budget. Where nothing was counted, nothing was seen, which is not that nothing happened.
 */
export class CountedTime {
  readonly #seconds: number;
  readonly #processes = new Map<string, Known>();
  #began: number | undefined;

  /** `longestMs`: the longest window that is asked for. */
  constructor(longestMs: number) {
    this.#seconds = Math.ceil(longestMs / 1000);
  }

  take(item: FeedItem): void {
    if (item.type === 'joined') this.#join(item.process, item.at, item.ops);
    else if (item.type === 'left') this.#processes.delete(processKey(item.process));
    else if (item.type === 'window') {
      const { start, lengthMs, uncounted = [] } = item.window;
      this.#began ??= start;
      for (const { process, ops, ms } of uncounted)
        this.#join(process, this.#began).not[ops].add(start, lengthMs, ms);
    }
  }

  /** For how many milliseconds of the window that ends at a moment all of these operations were counted. */
  within(process: ProcessRef, ops: readonly MapOp[], endMs: number, windowMs: number): number {
    const known = this.#processes.get(processKey(process));
    if (known?.ops !== undefined && !ops.every((op) => known.ops?.includes(op))) return 0;
    const since = Math.max(this.#began ?? endMs, known?.since ?? 0);
    const seen = Math.min(windowMs, endMs - Math.floor(since / 1000) * 1000);
    if (known === undefined) return Math.max(0, seen);
    const not = [known.not.all, ...(hasReads(ops) ? [known.not.reads] : [])];
    return Math.max(
      0,
      not.reduce((left, sums) => left - sums.within(endMs, windowMs), seen),
    );
  }

  #join(process: ProcessRef, since: number, ops?: readonly MapOp[]): Known {
    const key = processKey(process);
    let known = this.#processes.get(key);
    if (known === undefined) {
      const sums = (): SecondSums => new SecondSums(this.#seconds);
      this.#processes.set(key, (known = { since, ops, not: { all: sums(), reads: sums() } }));
    }
    return known;
  }
}

/** Whether any of these operations was not counted then. */
export const leavesOut = (uncounted: Uncounted, ops: readonly MapOp[]): boolean =>
  uncounted.ops === 'all' || hasReads(ops);

const hasReads = (ops: readonly MapOp[]): boolean => ops.some(isRead);
