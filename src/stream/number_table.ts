/**
 * A hash table from numbers (addresses, goroutine ids: integers from 0 to 2^53) to small integers, in flat
 * memory. A JavaScript Map would box each address on each look-up; this one costs a few nanoseconds and
 * makes no garbage. Absent is -1.
 */
export class NumberTable {
  #keys: Float64Array;
  #values: Int32Array;
  #mask: number;
  #size = 0;

  /** `capacity` is a power of two. */
  constructor(capacity = 64) {
    this.#keys = new Float64Array(capacity).fill(EMPTY);
    this.#values = new Int32Array(capacity);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The value of `key`, or -1. */
  get(key: number): number {
    const keys = this.#keys;
    for (let at = hashNumber(key) & this.#mask; ; at = (at + 1) & this.#mask) {
      const found = keys[at];
      if (found === key) return this.#values[at] ?? ABSENT;
      if (found === EMPTY) return ABSENT;
    }
  }

  /** Adds `key` or replaces its value; values are 0 or more. */
  set(key: number, value: number): void {
    const keys = this.#keys;
    let at = hashNumber(key) & this.#mask;
    for (; keys[at] !== EMPTY; at = (at + 1) & this.#mask) {
      if (keys[at] === key) {
        this.#values[at] = value;
        return;
      }
    }
    keys[at] = key;
    this.#values[at] = value;
    this.#size++;
    if (this.#size * 2 > this.#mask) this.#grow();
  }

  /** Removes `key` and closes the gap, so that look-ups never meet tombstones. */
  delete(key: number): void {
    const keys = this.#keys;
    const mask = this.#mask;
    let gap = hashNumber(key) & mask;
    for (; keys[gap] !== key; gap = (gap + 1) & mask) if (keys[gap] === EMPTY) return;
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const moved = keys[at] ?? EMPTY;
      if (moved === EMPTY) break;
      const home = hashNumber(moved) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      keys[gap] = moved;
      this.#values[gap] = this.#values[at] ?? ABSENT;
      gap = at;
    }
    keys[gap] = EMPTY;
    this.#size--;
  }

  clear(): void {
    this.#keys.fill(EMPTY);
    this.#size = 0;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.#values = new Int32Array(keys.length * 2);
    this.#mask = keys.length * 2 - 1;
    this.#size = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? EMPTY;
      if (key !== EMPTY) this.set(key, values[i] ?? 0);
    }
  }
}

const ABSENT = -1;
const EMPTY = -1;
/**
 * Mixes a whole number into 32 bits. Its low 32 bits will do: addresses of one process that agree in these
 * and differ above are rare enough.
 */
export function hashNumber(n: number): number {
  const mixed = Math.imul(n | 0, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}
