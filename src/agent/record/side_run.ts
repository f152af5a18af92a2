import { isMapauditError, type MapauditError } from '../../base/errors.ts';

/** A run beside the main one: its lines are taken when the main one has time for them. */
export class SideRun<T> {
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #lines: T[] = [];
  #failed: MapauditError | undefined;

  constructor(start: (signal: AbortSignal) => AsyncIterable<readonly T[]>) {
    this.#done = this.#run(start);
  }

  /** What ended it too early. */
  get failed(): MapauditError | undefined {
    return this.#failed;
  }

  /** What came since the last time. */
  take(): readonly T[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** Ends it, and waits until its last lines are there. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(start: (signal: AbortSignal) => AsyncIterable<readonly T[]>): Promise<void> {
    try {
      for await (const lines of start(this.#stop.signal)) this.#lines.push(...lines);
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      this.#failed = error;
    }
  }
}
