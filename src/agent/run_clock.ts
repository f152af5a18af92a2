import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '../protocol/summary.ts';

/**
 * How long the rings are left alone, in milliseconds. In the longest time a ring of 4 MB takes in 160 MB/s
 * without loss: half a million events a second on one CPU.
 */
const LONGEST_MS = 25;
const SHORTEST_MS = 1;
/** Rings should be found filled to this share. */
const WANTED_FILL = 0.1;
/** How often processes are looked for. */
const LOOK_MS = 200;

/** How long to leave rings alone that filled to the share `fill` in `pauseMs`. */
export function nextPause(pauseMs: number, fill: number): number {
  return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, (pauseMs * WANTED_FILL) / Math.max(fill, 0.001)));
}

/** Keeps the time of a run: when to drain, when to look for processes, when it is over. */
export class RunClock {
  readonly #began = performance.now();
  readonly #durationMs: number | undefined;
  readonly #signal: AbortSignal;
  #looked = performance.now();
  #pauseMs = SHORTEST_MS;

  constructor(durationMs: number | undefined, signal: AbortSignal) {
    this.#durationMs = durationMs;
    this.#signal = signal;
  }

  get elapsedMs(): number {
    return performance.now() - this.#began;
  }

  /** Set when the user or the duration has ended the run. */
  get ended(): EndReason | undefined {
    if (this.#signal.aborted) return 'ctrl-c';
    return this.#durationMs !== undefined && this.elapsedMs >= this.#durationMs ? 'duration' : undefined;
  }

  /**
   * Waits until rings are to be drained again; shorter when the run is over before. `fill` is the share to
   * which the fullest ring was found filled, 0 to 1.
   */
  async tick(fill: number): Promise<void> {
    this.#pauseMs = nextPause(this.#pauseMs, fill);
    await this.pause(this.#pauseMs);
  }

  /** Waits so many milliseconds; shorter when the run is over before. */
  async pause(most: number): Promise<void> {
    const left = this.#durationMs === undefined ? most : this.#durationMs - this.elapsedMs;
    const ms = Math.max(0, Math.min(most, left));
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  /** True a few times a second. */
  get isTimeToLook(): boolean {
    if (performance.now() - this.#looked < LOOK_MS) return false;
    this.#looked = performance.now();
    return true;
  }
}
