/** Something for each of the last seconds; older ones are used again. */
export class SecondRing<T> {
  readonly #slots: { second: number; value: T }[];
  readonly #fresh: () => T;

  constructor(seconds: number, fresh: () => T) {
    this.#fresh = fresh;
    // What comes early or late by some seconds has its place, too.
    this.#slots = Array.from({ length: seconds + MARGIN }, () => ({ second: -1, value: fresh() }));
  }

  /** Of this second; undefined for one that is too old. */
  at(second: number): T | undefined {
    const slot = this.#slots[second % this.#slots.length];
    if (slot === undefined || slot.second > second) return undefined;
    if (slot.second < second) {
      slot.second = second;
      slot.value = this.#fresh();
    }
    return slot.value;
  }

  /** Those from one second up to another, which is left out. */
  *between(from: number, to: number): Generator<T> {
    for (const { second, value } of this.#slots) if (second >= from && second < to) yield value;
  }
}

const MARGIN = 4;

/** Counts for each of the last seconds. */
export class SecondSums {
  readonly #ring: SecondRing<{ sum: number }>;

  constructor(seconds: number) {
    this.#ring = new SecondRing(seconds, () => ({ sum: 0 }));
  }

  /** Spread evenly over a span of several seconds. */
  add(startMs: number, lengthMs: number, count: number): void {
    const seconds = Math.max(1, Math.round(lengthMs / 1000));
    const first = Math.floor(startMs / 1000);
    for (let i = 0; i < seconds; i++) {
      const slot = this.#ring.at(first + i);
      if (slot !== undefined) slot.sum += count / seconds;
    }
  }

  /** Within the window that ends at a moment. */
  within(endMs: number, windowMs: number): number {
    const end = Math.floor(endMs / 1000);
    let sum = 0;
    for (const slot of this.#ring.between(end - windowMs / 1000, end)) sum += slot.sum;
    return sum;
  }
}
