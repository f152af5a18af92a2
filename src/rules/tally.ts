/** Counts by name, of at most so many names; what comes beyond is in the total alone. */
export class Tally<T> {
  readonly #most: number;
  readonly #counts = new Map<string, { readonly thing: T; count: number }>();
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get total(): number {
    return this.#total;
  }

  get all(): Iterable<{ readonly name: string; readonly thing: T; readonly count: number }> {
    return [...this.#counts].map(([name, one]) => ({ name, ...one }));
  }

  /** To the total alone. */
  addTotal(count: number): void {
    this.#total += count;
  }

  /** To a name alone: one event can have several. */
  addName(name: string, thing: T, count: number): void {
    const known = this.#counts.get(name);
    if (known !== undefined) known.count += count;
    else if (this.#counts.size < this.#most) this.#counts.set(name, { thing, count });
  }

  add(name: string, thing: T, count: number): void {
    this.addTotal(count);
    this.addName(name, thing, count);
  }

  addAll(other: Tally<T>): void {
    this.addTotal(other.total);
    for (const { name, thing, count } of other.all) this.addName(name, thing, count);
  }

  /** The most frequent. */
  top(): { readonly thing: T; readonly count: number } | undefined {
    let best: { readonly thing: T; readonly count: number } | undefined;
    for (const one of this.#counts.values()) if (best === undefined || one.count > best.count) best = one;
    return best;
  }
}
