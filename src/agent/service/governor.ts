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

const stepsWith = (reads: boolean): readonly Detail[] => [
  ...[1, 4, 16, 64, 256, 1024].map((sampleEvery) => ({ sampleEvery, keys: true, reads, paused: false })),
  { sampleEvery: 1024, keys: false, reads, paused: false },
];

const PAUSED: Detail = { sampleEvery: 1024, keys: false, reads: false, paused: true };

/** What can be left alone while the rest goes on, with the probe that is there. */
export interface CanLower {
  readonly keys: boolean;
  readonly reads: boolean;
  /** The probe can go for a while, and come back. */
  readonly all: boolean;
}

/**
 * The detail of each step down, of those that change something: events first, then keys, then reads, and counting itself
 * last. Most operations are reads: without them there may be room again for events of writes, with their keys.
 */
function stepsOf({ keys, reads, all }: CanLower): readonly Detail[] {
  const wanted = [...stepsWith(true), ...(reads ? stepsWith(false) : []), ...(all ? [PAUSED] : [])];
  const steps = wanted.map((step) => ({ ...step, keys: step.keys || !keys }));
  return steps.filter((step, i) => {
    const before = steps[i - 1];
    return before === undefined || JSON.stringify(before) !== JSON.stringify(step);
  });
}

/** What was measured in one span of time. */
export interface Measured {
  /** Unix milliseconds or any other clock. */
  readonly at: number;
  /** Of the CPU time that counts. */
  readonly share: number;
  /** Of `share`: what making records of events took, with their keys. */
  readonly events: number;
  /** What that would have taken if each operation had become an event. */
  readonly allEvents: number;
  /** Of `share`: what counting reads took. */
  readonly reads: number;
  /** Operations a second, of which one in `sampleEvery` becomes an event. */
  readonly operations: number;
}

/** More events a second are more than anybody reads, and than can be kept. */
export const MOST_EVENTS = 10_000;
/** So much of the budget may be planned with; and only below this is tried what cannot be computed. */
const AIM = 0.9;
const CALM = 0.6;
/** So long it must not have been too much before more is looked at. */
const CALM_MS = 5000;
/** After a try that went wrong, the next comes later, twice as long each time. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;
/** Where counting writes alone is too much, it is done for so long, and not for so long that the budget is kept on average. */
const COUNT_MS = 3000;
/** Unless it costs so much: then not even that long. */
const FAR_TOO_MUCH = 0.1;
const SHORTEST_PAUSE_MS = 1000;

/**
 * Keeps what probes cost within a budget: down at once, as far as it takes; up after a while of calm, as far as it can be
 * computed that there is room, for a storm begins with a burst and is to be seen all the same; what must be tried comes
 * one step at a time, more reluctantly each time that it was too much. Pure: time comes with what is measured.
 */
export class Governor {
  readonly #budget: number;
  readonly #steps: readonly Detail[];
  readonly #last: number;
  /** Of the steps, the last at which something is counted. */
  readonly #leastCounted: number;
  /** The first without reads. */
  readonly #readsOff: number;
  #step = 0;
  /** Since the step was taken. */
  #shares = { sum: 0, looks: 0 };
  #stepAt: number | undefined;
  #pauseMs = 0;
  #calmSince: number | undefined;
  #waitMs = FIRST_WAIT_MS;
  #raisedAt = -Infinity;
  #loweredAt = -Infinity;

  constructor(budget: number, can: CanLower = { keys: true, reads: true, all: true }) {
    this.#budget = budget;
    this.#steps = stepsOf(can);
    this.#last = this.#steps.length - 1;
    this.#leastCounted = can.all ? this.#last - 1 : this.#last;
    this.#readsOff = can.reads ? this.#steps.findIndex(({ reads }) => !reads) : Infinity;
  }

  get detail(): Detail {
    return this.#steps[this.#step] ?? { sampleEvery: 0, keys: false, reads: false, paused: true };
  }

  /** Nothing more can be left out. */
  get isAtLast(): boolean {
    return this.#step === this.#last;
  }

  /** What is wanted from now on; true where that has changed. */
  look(measured: Measured): boolean {
    const before = this.#step;
    this.#stepAt ??= measured.at;
    this.#shares = { sum: this.#shares.sum + measured.share, looks: this.#shares.looks + 1 };
    if (this.detail.paused) this.#tryAgain(measured.at);
    else if (this.#isTrial(measured)) return false;
    else if (measured.share > this.#budget || this.#eventsAt(this.#step, measured) > 2 * MOST_EVENTS)
      this.#lower(measured);
    else this.#raise(measured);
    if (before === this.#step) return false;
    this.#shares = { sum: 0, looks: 0 };
    this.#stepAt = measured.at;
    return true;
  }

  /** Counting goes on for a while although it is too much: a part of each time is better than nothing of it. */
  #isTrial({ at, share }: Measured): boolean {
    return (
      this.#step === this.#leastCounted &&
      at - this.#raisedAt < COUNT_MS &&
      share <= Math.max(FAR_TOO_MUCH, this.#budget)
    );
  }

  #lower(measured: Measured): void {
    const target = this.#budget * AIM;
    let step = this.#step + 1;
    while (
      step < this.#last &&
      (this.#costAt(step, measured) > target || this.#eventsAt(step, measured) > MOST_EVENTS)
    )
      step++;
    this.#step = Math.min(step, this.#last);
    if (this.detail.paused) this.#pause(measured);
    // It was too much soon after it was raised: the next try comes later.
    const wasTry = measured.at - this.#raisedAt < 2 * CALM_MS;
    this.#waitMs = wasTry ? Math.min(2 * this.#waitMs, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
    this.#loweredAt = measured.at;
    this.#calmSince = undefined;
  }

  /** So long that counting for a while and then nothing is as much as the budget. */
  #pause(measured: Measured): void {
    const share = Math.max(measured.share, this.#shares.sum / Math.max(1, this.#shares.looks));
    const counted = Math.min(measured.at - (this.#stepAt ?? measured.at), COUNT_MS);
    const pauseMs = counted * (share / (this.#budget * AIM) - 1);
    this.#pauseMs = Math.min(Math.max(pauseMs, SHORTEST_PAUSE_MS), LONGEST_WAIT_MS);
  }

  #raise(measured: Measured): void {
    const up = this.#highest(measured);
    const isCalm = this.#isComputed(up) || measured.share < this.#budget * CALM;
    if (!isCalm || up === this.#step) {
      this.#calmSince = undefined;
      return;
    }
    this.#calmSince ??= measured.at;
    if (measured.at - this.#calmSince < CALM_MS || measured.at - this.#loweredAt < this.#waitOf(up)) return;
    this.#step = up;
    this.#raisedAt = measured.at;
    this.#calmSince = undefined;
  }

  /** The most detailed step that there is room for, as far as is known; if none is, the next one, where it must be tried. */
  #highest(measured: Measured): number {
    const hasRoom = (step: number): boolean =>
      this.#costAt(step, measured) <= this.#budget * AIM && this.#eventsAt(step, measured) <= MOST_EVENTS;
    let up = this.#step;
    while (up > 0 && hasRoom(up - 1)) {
      if (!this.#isComputed(up - 1)) return up === this.#step ? up - 1 : up;
      up--;
    }
    return up;
  }

  /** Reads that are not counted have a cost that nobody knows. */
  #isComputed(step: number): boolean {
    return step !== this.#readsOff - 1;
  }

  /** What is not looked at cannot be measured: it is tried again. */
  #tryAgain(at: number): void {
    if (at - this.#loweredAt < this.#pauseMs) return;
    this.#step = this.#leastCounted;
    this.#raisedAt = at;
  }

  /** The steps without reads are left by trying, which costs: not soon. Others can be computed. */
  #waitOf(step: number): number {
    return this.#isComputed(step) ? CALM_MS : this.#waitMs;
  }

  /** What the same operations would cost at another step, as far as it was seen. */
  #costAt(step: number, { share, events, allEvents, reads }: Measured): number {
    const then = this.#steps[step] ?? this.detail;
    const ofEvents = allEvents / then.sampleEvery;
    const ofReads = then.reads ? reads : 0;
    return share - events - reads + ofEvents + ofReads;
  }

  #eventsAt(step: number, { operations }: Measured): number {
    return operations / (this.#steps[step]?.sampleEvery ?? 1);
  }
}
