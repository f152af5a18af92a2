/** A time in which a thread of the program was there and not watched. Nanoseconds of CLOCK_MONOTONIC. */
interface Gap {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * When some thread was not watched. The kernel tells of each new thread at its birth, so a gap is known, from
 * its first moment, before anything is said about that time.
 */
export class Gaps {
  readonly #open = new Map<number, bigint>();
  readonly #closed: Gap[] = [];
  #count = 0;
  #longest = 0n;

  /** Thread `tid` is there since `from`, and not watched. */
  begin(tid: number, from: bigint): void {
    if (!this.#open.has(tid)) this.#open.set(tid, from);
  }

  /** From `from` to `to` no thread was watched everywhere. */
  add(from: bigint, to: bigint): void {
    this.#closed.push({ from, to });
    if (to - from > this.#longest) this.#longest = to - from;
  }

  /** Since `to` every thread is watched, or gone; all but those of `except`. */
  endAll(to: bigint, except: ReadonlySet<number>): void {
    for (const [tid, from] of this.#open) {
      if (except.has(tid)) continue;
      this.#closed.push({ from, to });
      this.#count++;
      if (to - from > this.#longest) this.#longest = to - from;
      this.#open.delete(tid);
    }
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Threads that began unwatched. */
  get count(): number {
    return this.#count + this.#open.size;
  }

  /** Nanoseconds that one of them took at most. */
  get longest(): bigint {
    return this.#longest;
  }

  /** Whether all threads were watched from `from` to `to`. */
  isWatched(from: bigint, to: bigint): boolean {
    for (const begin of this.#open.values()) if (begin < to) return false;
    return !this.#closed.some((gap) => gap.from < to && gap.to > from);
  }

  /** Nothing before this moment will be asked about. */
  forget(before: bigint): void {
    while (this.#closed.length > 0 && (this.#closed[0]?.to ?? before) < before) this.#closed.shift();
  }
}
