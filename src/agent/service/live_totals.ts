import type { ApiLive } from '../../protocol/api.ts';
import type { ApiTotals } from '../../protocol/api_totals.ts';

/** A message with what is counted up to now. */
export type TotalsMessage = ApiLive & { type: 'totals' };

/** Totals so old are new enough for another client. */
const FRESH_MS = 4;
/** They are read at most in one part of the time in so many: rings are to be emptied in the rest. */
const PART = 10;
/** The quickest of so many reads tells how long one takes: any may have been held up, by the collector or the system. */
const READS = 4;

/** Reads totals for all clients that watch them, however many and however often they ask. */
export class LiveTotals {
  readonly #read: () => readonly ApiTotals[];
  #last: TotalsMessage | undefined;
  /** By CLOCK_MONOTONIC: the machine's clock may be set. */
  #freshUntil = 0;
  /** How long the last of them took, in milliseconds. */
  readonly #took: number[] = [];

  constructor(read: () => readonly ApiTotals[]) {
    this.#read = read;
  }

  take(): TotalsMessage {
    const began = performance.now();
    if (this.#last !== undefined && began < this.#freshUntil) return this.#last;
    this.#last = { type: 'totals', at: Date.now(), processes: this.#read() };
    const ended = performance.now();
    this.#took.push(ended - began);
    if (this.#took.length > READS) this.#took.shift();
    this.#freshUntil = ended + Math.max(FRESH_MS, PART * Math.min(...this.#took));
    return this.#last;
  }
}
