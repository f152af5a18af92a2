/** How closely a process is looked at. */
export interface Detail {
  /** One event in so many operations. */
  readonly sampleEvery: number;
  readonly keys: boolean;
  /** Reads are counted. */
  readonly reads: boolean;
  /** Nothing is counted for a while: counting alone costs more than the budget. */
  readonly paused: boolean;
}

/** The detail of each step down: events first, then keys, then reads, and counting itself last. */
export const STEPS: readonly Detail[] = [
  ...[1, 4, 16, 64, 256, 1024].map((sampleEvery) => ({
    sampleEvery,
    keys: true,
    reads: true,
    paused: false,
  })),
  { sampleEvery: 1024, keys: false, reads: true, paused: false },
  { sampleEvery: 1024, keys: false, reads: false, paused: false },
  { sampleEvery: 1024, keys: false, reads: false, paused: true },
];

const READS_OFF = STEPS.findIndex(({ reads }) => !reads);
const LAST = STEPS.length - 1;

/** What was measured in one span of time. */
export interface Measured {
  /** Unix milliseconds or any other clock. */
  readonly at: number;
  /** Of the CPU time that counts. */
  readonly share: number;
  /** Of `share`: what making records of events took, with their keys. */
  readonly events: number;
  /** Of `share`: what counting reads took. */
  readonly reads: number;
  /** Operations a second, of which one in `sampleEvery` becomes an event. */
  readonly operations: number;
}

/** More events a second are more than anybody reads, and than can be kept. */
export const MOST_EVENTS = 10_000;
/** So much of the budget may be planned with; and only below this is more tried. */
const AIM = 0.9;
const CALM = 0.6;
/** So long it must have been calm before more is tried. */
const CALM_MS = 5000;
/** After a try that went wrong, the next comes later, twice as long each time. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Keeps what probes cost within a budget: down at once, as far as it takes; up one step at a time, after a while of
 * calm, and more reluctantly each time that it was too much. Pure: time comes with what is measured.
 */
export class Governor {
  readonly #budget: number;
  #step = 0;
  #calmSince: number | undefined;
  #waitMs = FIRST_WAIT_MS;
  #raisedAt = -Infinity;
  #loweredAt = -Infinity;

  constructor(budget: number) {
    this.#budget = budget;
  }

  get detail(): Detail {
    return STEPS[this.#step] ?? STEPS[LAST] ?? { sampleEvery: 0, keys: false, reads: false, paused: true };
  }

  /** What is wanted from now on; true where that has changed. */
  look(measured: Measured): boolean {
    const before = this.#step;
    if (this.detail.paused) this.#tryAgain(measured.at);
    else if (measured.share > this.#budget || this.#eventsAt(this.#step, measured) > 2 * MOST_EVENTS)
      this.#lower(measured);
    else this.#raise(measured);
    return before !== this.#step;
  }

  #lower(measured: Measured): void {
    const target = this.#budget * AIM;
    let step = this.#step + 1;
    while (
      step < LAST &&
      (this.#costAt(step, measured) > target || this.#eventsAt(step, measured) > MOST_EVENTS)
    )
      step++;
    this.#step = Math.min(step, LAST);
    // It was too much soon after it was raised: the next try comes later.
    const wasTry = measured.at - this.#raisedAt < 2 * CALM_MS;
    this.#waitMs = wasTry ? Math.min(2 * this.#waitMs, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
    this.#loweredAt = measured.at;
    this.#calmSince = undefined;
  }

  #raise(measured: Measured): void {
    const isCalm = measured.share < this.#budget * CALM;
    if (!isCalm || this.#step === 0) {
      this.#calmSince = undefined;
      return;
    }
    this.#calmSince ??= measured.at;
    const up = this.#step - 1;
    if (measured.at - this.#calmSince < CALM_MS || measured.at - this.#loweredAt < this.#waitOf(up)) return;
    if (this.#costAt(up, measured) > this.#budget * AIM || this.#eventsAt(up, measured) > MOST_EVENTS) return;
    this.#step = up;
    this.#raisedAt = measured.at;
    this.#calmSince = undefined;
  }

  /** What is not looked at cannot be measured: it is tried again. */
  #tryAgain(at: number): void {
    if (at - this.#loweredAt < this.#waitMs) return;
    this.#step = READS_OFF;
    this.#raisedAt = at;
  }

  /** Steps without reads or counting are left by trying, which costs: not soon. Others can be computed. */
  #waitOf(step: number): number {
    return step < READS_OFF - 1 ? CALM_MS : this.#waitMs;
  }

  /** What the same operations would cost at another step, as far as it was seen. */
  #costAt(step: number, { share, events, reads }: Measured): number {
    const [now, then] = [this.detail, STEPS[step] ?? this.detail];
    const ofEvents = (events * now.sampleEvery) / then.sampleEvery;
    const ofReads = then.reads ? reads : 0;
    return share - events - reads + ofEvents + ofReads;
  }

  #eventsAt(step: number, { operations }: Measured): number {
    return operations / (STEPS[step]?.sampleEvery ?? 1);
  }
}
