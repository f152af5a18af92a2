/** Time to wait for others who are writing: so much in all, however often it is needed. */
export class Patience {
  readonly #pause: () => unknown;
  #leftMs: number;

  /** `pause` waits for about a millisecond. */
  constructor(ms: number, pause: () => unknown) {
    this.#leftMs = ms;
    this.#pause = pause;
  }

  /** True once nothing is left. */
  get usedUp(): boolean {
    return this.#leftMs <= 0;
  }

  /** Never below 0. */
  get leftMs(): number {
    return Math.max(0, this.#leftMs);
  }

  /** Takes time off that went by in other ways than by waiting. */
  spend(ms: number): void {
    this.#leftMs -= ms;
  }

  /** Waits for about a millisecond. False, at once, when the time is used up. */
  pause(): boolean {
    if (this.usedUp) return false;
    const start = performance.now();
    this.#pause();
    this.#leftMs -= performance.now() - start;
    return true;
  }
}
