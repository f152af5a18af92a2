/** One of the most frequent things. */
export interface Hitter {
  /** Number of the group that was given when it was counted. */
  readonly group: number;
  /** A view: valid until the next `add`. */
  readonly bytes: Uint8Array;
  /** It was counted at least so often … */
  readonly atLeast: number;
  /** … and at most so often. */
  readonly atMost: number;
}

/**
 * The most frequent (group, bytes) of a stream in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi,
 * 2005). While there is room all counts are exact. Afterwards a newcomer takes the place of a least frequent
 * one and inherits its count as its possible error; what is more frequent than total / capacity is never lost.
 */
export class HeavyHitters {
  readonly #capacity: number;
  readonly #width: number;
  readonly #index: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint16Array;
  readonly #groups: Float64Array;
  readonly #hashes: Int32Array;
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  #length = 0;
  #least = 0;
  /** Slots that had the least count when it was last looked for. */
  #leastSlots: number[] = [];
  total = 0;

  /** `capacity` things of up to `width` bytes each; longer ones are told apart by their first bytes only. */
  constructor(capacity = 1024, width = 64) {
    this.#capacity = capacity;
    this.#width = width;
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 3))).fill(-1);
    this.#bytes = new Uint8Array(capacity * width);
    this.#lengths = new Uint16Array(capacity);
    this.#groups = new Float64Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
  }

  add(group: number, bytes: Uint8Array, start: number, length: number, weight = 1): void {
    const size = Math.min(length, this.#width);
    const hash = hashBytes(group, bytes, start, size);
    this.total += weight;
    let slot = this.#find(hash, group, bytes, start, size);
    if (slot < 0) slot = this.#admit(hash, group, bytes, start, size);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + weight;
  }

  /** The `n` most frequent, most frequent first, and how many others there were: together exactly `total`. */
  top(n: number): { readonly hitters: readonly Hitter[]; readonly other: number } {
    const sure = (slot: number): number => (this.#counts[slot] ?? 0) - (this.#errors[slot] ?? 0);
    const slots = Array.from({ length: this.#length }, (_, slot) => slot)
      .sort((a, b) => sure(b) - sure(a))
      .slice(0, n);
    const hitters = slots.map((slot) => ({
      group: this.#groups[slot] ?? 0,
      bytes: this.#bytes.subarray(slot * this.#width, slot * this.#width + (this.#lengths[slot] ?? 0)),
      atLeast: sure(slot),
      atMost: this.#counts[slot] ?? 0,
    }));
    return { hitters, other: this.total - hitters.reduce((sum, hitter) => sum + hitter.atLeast, 0) };
  }

  #find(hash: number, group: number, bytes: Uint8Array, start: number, size: number): number {
    const mask = this.#index.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = this.#index[at] ?? -1;
      if (slot < 0) return -1;
      if (
        this.#hashes[slot] === hash &&
        this.#groups[slot] === group &&
        this.#same(slot, bytes, start, size)
      ) {
        return slot;
      }
    }
  }

  #same(slot: number, bytes: Uint8Array, start: number, size: number): boolean {
    if (this.#lengths[slot] !== size) return false;
    const own = slot * this.#width;
    for (let i = 0; i < size; i++) if (this.#bytes[own + i] !== bytes[start + i]) return false;
    return true;
  }

  #admit(hash: number, group: number, bytes: Uint8Array, start: number, size: number): number {
    const isNew = this.#length < this.#capacity;
    const slot = isNew ? this.#length++ : this.#leastSlot();
    if (!isNew) this.#removeFromIndex(slot);
    this.#errors[slot] = isNew ? 0 : (this.#counts[slot] ?? 0);
    this.#groups[slot] = group;
    this.#hashes[slot] = hash;
    this.#lengths[slot] = size;
    for (let i = 0; i < size; i++) this.#bytes[slot * this.#width + i] = bytes[start + i] ?? 0;
    this.#insertIntoIndex(slot);
    return slot;
  }

  /** A slot with the least count. A search finds all of them, so that it is needed seldom. */
  #leastSlot(): number {
    for (;;) {
      const slot = this.#leastSlots.pop();
      if (slot === undefined) {
        this.#least = this.#counts.reduce((least, count) => Math.min(least, count), Infinity);
        for (let i = 0; i < this.#length; i++) if (this.#counts[i] === this.#least) this.#leastSlots.push(i);
      } else if (this.#counts[slot] === this.#least) {
        return slot;
      }
    }
  }

  #insertIntoIndex(slot: number): void {
    const mask = this.#index.length - 1;
    let at = (this.#hashes[slot] ?? 0) & mask;
    while ((this.#index[at] ?? -1) >= 0) at = (at + 1) & mask;
    this.#index[at] = slot;
  }

  /** Takes a slot out and closes the gap behind it. */
  #removeFromIndex(slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let gap = (this.#hashes[slot] ?? 0) & mask;
    while (index[gap] !== slot) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const moved = index[at] ?? -1;
      if (moved < 0) break;
      const home = (this.#hashes[moved] ?? 0) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      index[gap] = moved;
      gap = at;
    }
    index[gap] = -1;
  }
}

/** FNV-1a over the group and the bytes. */
function hashBytes(group: number, bytes: Uint8Array, start: number, size: number): number {
  let hash = Math.imul(0x811c_9dc5 ^ group, 0x0100_0193);
  for (let i = 0; i < size; i++) hash = Math.imul(hash ^ (bytes[start + i] ?? 0), 0x0100_0193);
  return hash ^ (hash >>> 15);
}
