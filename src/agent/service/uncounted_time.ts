import type { Uncounted } from '../../model/window.ts';
import type { Detail } from './governor.ts';

type Counting = Pick<Detail, 'reads' | 'paused'>;

/** How long operations of a process were not counted, so that no gap looks like a time in which nothing happened. */
export class UncountedTime {
  readonly #ms = { all: 0, reads: 0 };
  #counting: Counting;
  #since: number;

  constructor(counting: Counting, now: number) {
    this.#counting = counting;
    this.#since = now;
  }

  /** From `began` to `now` probes were taken out or set, one after the other: what only some of them see is not counted whole. */
  change(counting: Counting, began: number, now: number): void {
    this.#pass(began);
    const { reads, paused } = this.#counting;
    this.#counting = { reads: reads && counting.reads, paused: paused || counting.paused };
    this.#pass(now);
    this.#counting = counting;
  }

  /** Since the last time, in whole milliseconds; what is left over comes with the next. */
  take(now: number): readonly Pick<Uncounted, 'ops' | 'ms'>[] {
    this.#pass(now);
    const taken = (['all', 'reads'] as const).map((ops) => ({ ops, ms: Math.floor(this.#ms[ops]) }));
    for (const { ops, ms } of taken) this.#ms[ops] -= ms;
    return taken.filter(({ ms }) => ms > 0);
  }

  #pass(now: number): void {
    const passed = Math.max(0, now - this.#since);
    this.#since = now;
    if (this.#counting.paused) this.#ms.all += passed;
    else if (!this.#counting.reads) this.#ms.reads += passed;
  }
}
