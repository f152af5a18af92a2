import type { BaselineSpec } from './definition.ts';

/** Rates of the windows before, while nothing was wrong. */
export class Baseline {
  readonly #spec: BaselineSpec;
  readonly #windowMs: number;
  readonly #rates: number[] = [];
  #next = 0;
  #lastAt: number | undefined;

  constructor(spec: BaselineSpec, windowMs: number) {
    this.#spec = spec;
    this.#windowMs = windowMs;
  }

  /** How much was seen. */
  get historyMs(): number {
    return this.#rates.length * this.#windowMs;
  }

  /** The rate to compare with; undefined as long as too little was seen. */
  get rate(): number | undefined {
    if (this.#rates.length === 0 || this.historyMs < this.#spec.historyMs) return undefined;
    if (this.#spec.of === 'highest') return this.#rates.reduce((most, rate) => Math.max(most, rate), 0);
    const sorted = [...this.#rates].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Takes the window that ends now, where it follows on the last one that was taken. */
  learn(now: number, rate: number): void {
    if (this.#lastAt !== undefined && now - this.#lastAt < this.#windowMs) return;
    this.#lastAt = now;
    const most = Math.max(1, Math.floor(this.#spec.spanMs / this.#windowMs));
    if (this.#rates.length < most) this.#rates.push(rate);
    else this.#rates[this.#next] = rate;
    this.#next = (this.#next + 1) % most;
  }
}
