/** Where the times come from, milliseconds. */
export interface ClockSource {
  /** The wall clock, which can be set. */
  readonly wall: () => number;
  /** CLOCK_MONOTONIC, which cannot. */
  readonly monotonic: () => number;
}

const MACHINE: ClockSource = { wall: () => Date.now(), monotonic: () => performance.now() };
/** The two clocks cannot be read at one moment: less than this is no difference. */
const NOISE_MS = 20;
/** Two reads that lie further apart than this say nothing: the process did not run between them. */
const APART_MS = 5;
/** From here on it is no adjustment that may pass without a word. */
const TOLD_MS = 1000;

/**
 * The time of day, in Unix milliseconds, that goes on evenly: with CLOCK_MONOTONIC, and set only where `look` finds that
 * the machine's clock was set, or stood still for a while with the machine (suspend).
 */
export class SteadyClock {
  readonly #source: ClockSource;
  readonly #first: number;
  #offset: number;

  constructor(source: ClockSource = MACHINE) {
    this.#source = source;
    this.#first = source.wall() - source.monotonic();
    this.#offset = this.#first;
  }

  now(): number {
    return Math.round(this.#source.monotonic() + this.#offset);
  }

  /** By how much the clock was set since the beginning, as far as `look` has seen it. */
  get movedMs(): number {
    return this.#offset - this.#first;
  }

  /** Takes over what the machine's clock says. Gives by how much it was set where that is more than a second. */
  look(): number | undefined {
    const before = this.#source.monotonic();
    const wall = this.#source.wall();
    if (this.#source.monotonic() - before > APART_MS) return undefined;
    const by = Math.round(wall - (before + this.#offset));
    if (Math.abs(by) < NOISE_MS) return undefined;
    this.#offset += by;
    return Math.abs(by) > TOLD_MS ? by : undefined;
  }
}
