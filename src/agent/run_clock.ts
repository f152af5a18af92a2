import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '../protocol/summary.ts';

/** How often rings are emptied, and how often processes are looked for, in milliseconds. */
const DRAIN_MS = 10;
const LOOK_MS = 200;

/** Keeps the time of a run: when to drain, when to look for processes, when it is over. */
export class RunClock {
  readonly #began = performance.now();
  readonly #durationMs: number | undefined;
  readonly #signal: AbortSignal;
  #looked = performance.now();

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

  /** Waits until rings are to be drained again; shorter when the run is over before. */
  async tick(): Promise<void> {
    const left = this.#durationMs === undefined ? DRAIN_MS : this.#durationMs - this.elapsedMs;
    await sleep(Math.max(0, Math.min(DRAIN_MS, left)), undefined, { signal: this.#signal }).catch(
      () => undefined,
    );
  }

  /** True a few times a second. */
  get isTimeToLook(): boolean {
    if (performance.now() - this.#looked < LOOK_MS) return false;
    this.#looked = performance.now();
    return true;
  }
}
