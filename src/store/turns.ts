/** Lets only so many at once; the others wait in the order in which they came, each for as long as it will. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Whether there was a turn within that time. Whoever got one gives it back by `done`. */
  async take(ms: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    return await new Promise((answer) => {
      const called = (): void => {
        clearTimeout(timer);
        answer(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(called), 1);
        answer(false);
      }, ms);
      this.#waiting.push(called);
    });
  }

  done(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
