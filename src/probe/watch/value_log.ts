/** Bytes of a place, and when they were read. Nanoseconds of CLOCK_MONOTONIC. */
export interface ReadValue {
  readonly bytes: Uint8Array;
  readonly begun: bigint;
  readonly ended: bigint;
}

/**
 * The trap comes a moment after the write, and its time stamp a moment later still: a value that was read
 * this shortly before a hit may be the old or the new one, and is used as neither.
 */
export const GUARD_NS = 1_000_000n;

/** The values that a place was seen to hold, in the order of time. */
export class ValueLog {
  #values: ReadValue[] = [];

  add(value: ReadValue): void {
    this.#values.push(value);
  }

  /** The last value that was read after `after` (the hit before, or the beginning) and surely before `hit`. */
  before(hit: bigint, after: bigint): ReadValue | undefined {
    return this.#values.findLast((value) => value.begun > after && value.ended + GUARD_NS < hit);
  }

  /** The first value that was read after `hit` and surely before the next one; undefined `next`: none came. */
  after(hit: bigint, next: bigint | undefined): ReadValue | undefined {
    return this.#values.find(
      (value) => value.begun > hit && (next === undefined || value.ended + GUARD_NS < next),
    );
  }

  /** What was read last so long ago that all hits of before it are known. */
  lastEndedBefore(moment: bigint): ReadValue | undefined {
    return this.#values.findLast((value) => value.ended + GUARD_NS < moment);
  }

  /** Nothing about hits before this moment will be asked: of what was read until then, the last is enough. */
  forget(before: bigint): void {
    const keep = this.#values.findLastIndex((value) => value.ended + GUARD_NS < before);
    if (keep > 0) this.#values = this.#values.slice(keep);
  }

  clear(): void {
    this.#values = [];
  }
}
