import { setTimeout as sleep } from 'node:timers/promises';

/** Holds a replay up, so that recorded time passes at a speed. */
export class Pace {
  readonly #speed: number | undefined;
  readonly #signal: AbortSignal;
  #recorded: number | undefined;
  #began = 0;

  /** `speed` undefined: nothing is held up. */
  constructor(speed: number | undefined, signal: AbortSignal) {
    this.#speed = speed;
    this.#signal = signal;
  }

  get ended(): boolean {
    return this.#signal.aborted;
  }

  /** Whether a moment (Unix milliseconds) is still to come. */
  isAhead(moment: number): boolean {
    return this.#waitFor(moment) > 1;
  }

  /** Waits until a recorded moment has come, or the run is ended. */
  async until(moment: number): Promise<void> {
    const wait = this.#waitFor(moment);
    if (wait > 1) await sleep(wait, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  #waitFor(moment: number): number {
    if (this.#speed === undefined || !Number.isFinite(moment)) return 0;
    if (this.#recorded === undefined) {
      this.#recorded = moment;
      this.#began = performance.now();
    }
    return (moment - this.#recorded) / this.#speed - (performance.now() - this.#began);
  }
}
