/** An idle program has CPU time to spare: it counts as if it took so much of one CPU. */
export const LEAST_RATE = 0.1;
/** What was not used is kept for so long, in milliseconds: a program that has been idle is not held all at once. */
const KEPT_MS = 1000;
/** So much is allowed beyond what the program has used by now, in milliseconds at its present rate: until the next look. */
const AHEAD_MS = 250;

/** What is allowed from now on. */
export interface Allowance {
  /** Nanoseconds of waiting in all, since the run began. */
  readonly totalNs: number;
  /** After a wait of n, none for n * pace. */
  readonly pace: number;
}

/** Turns a share of the program's CPU time into what the probe may wait. Pure: times come from outside. */
export class RaceBudget {
  readonly #share: number;
  #elapsedMs = 0;
  #cpuMs = 0;
  /** CPU milliseconds that count, an idle program's included. */
  #countedMs = 0;
  /** In CPUs; until more is known, that of an idle program. */
  #rate = LEAST_RATE;

  constructor(share: number) {
    this.#share = share;
  }

  /** Milliseconds of CPU time that the share is of. */
  get countedMs(): number {
    return this.#countedMs;
  }

  /** `elapsedMs` and `cpuMs` since the run began, `spentNs` of waiting by now. */
  look(elapsedMs: number, cpuMs: number, spentNs: number): Allowance {
    const passed = elapsedMs - this.#elapsedMs;
    const used = Math.max(cpuMs - this.#cpuMs, LEAST_RATE * passed);
    this.#countedMs += used;
    // Clocks of CPU time tick every 10 ms: over short times the rate jumps.
    if (passed > 0) this.#rate += Math.min(1, passed / 500) * (used / passed - this.#rate);
    this.#elapsedMs = elapsedMs;
    this.#cpuMs = Math.max(this.#cpuMs, cpuMs);
    return this.#allowance(spentNs);
  }

  #allowance(spentNs: number): Allowance {
    const rate = Math.max(LEAST_RATE, this.#rate);
    const inAll = this.#share * (this.#countedMs + AHEAD_MS * rate) * 1e6;
    const kept = spentNs + this.#share * KEPT_MS * rate * 1e6;
    return { totalNs: Math.min(inAll, kept), pace: Math.max(1, 1 / (this.#share * rate) - 1) };
  }
}
