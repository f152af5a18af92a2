/** Lets only so many at once; the others wait in the order in which they came, each for as long as it will. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Whether there was a turn within that time, and before `signal`. Whoever got one gives it back by `done`. */
  async take(ms: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted === true) return false;
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    return await new Promise((answer) => {
      const end = (isTurn: boolean): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        answer(isTurn);
      };
      const called = (): void => end(true);
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(called), 1);
        end(false);
      };
      const timer = setTimeout(giveUp, ms);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(called);
    });
  }

  done(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
