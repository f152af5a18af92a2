import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '../protocol/summary.ts';

/**
 * How long the rings are left alone, in milliseconds. In the longest time a ring of 4 MB takes in 160 MB/s
 * without loss: half a million events a second on one CPU.
 */
const LONGEST_MS = 25;
const SHORTEST_MS = 1;
/** Timers come as late as this by themselves. */
const TIMER_MS = 1.5;
/** Rings should be found filled to this share. */
const WANTED_FILL = 0.1;
/** Where others wait for their turn, what a look at the rings brings should be done with in so many milliseconds. */
const WANTED_WORK_MS = 3;
/** How often processes are looked for. */
const LOOK_MS = 200;

/**
 * How long to leave rings alone that filled to the share `fill` in `pauseMs`, and then took so many milliseconds of work.
 * What a look takes by itself does not get less by looking more often: for the work alone it is half of the time at most.
 */
export function nextPause(pauseMs: number, fill: number, workMs = 0): number {
  const byFill = (pauseMs * WANTED_FILL) / Math.max(fill, 0.001);
  const byWork = Math.max(workMs, (pauseMs * WANTED_WORK_MS) / Math.max(workMs, 0.001));
  return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, byFill, byWork));
}

/** Keeps the time of a run: when to drain, when to look for processes, when it is over. */
export class RunClock {
  readonly #began = performance.now();
  readonly #durationMs: number | undefined;
  readonly #signal: AbortSignal;
  #looked = performance.now();
  #pauseMs = SHORTEST_MS;
  /** By how much the last pause was longer than it was to be: others were at work. */
  #lateMs = 0;

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
   * which the fullest ring was found filled, 0 to 1. `workMs`: what was done with what lay in them, where others wait
   * for their turn meanwhile.
   */
  async tick(fill: number, workMs?: number): Promise<void> {
    this.#pauseMs = nextPause(this.#pauseMs, fill, workMs === undefined ? 0 : workMs + this.#lateMs);
    const began = performance.now();
    await this.pause(this.#pauseMs);
    this.#lateMs = Math.max(0, performance.now() - began - this.#pauseMs - TIMER_MS);
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
