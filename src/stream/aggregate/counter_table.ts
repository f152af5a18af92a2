/** The counter for everything that came after the table was full; per process, operation and site it stays exact. */
export const OTHER = 0;

/**
 * Counters by (process, map, type, probe, caller) in flat memory: about ten nanoseconds an event. A counter
 * is the index of its slot; slots keep their places. When `maxRows` are in use, new combinations are counted
 * under (process, OTHER, OTHER, probe, OTHER), so that sums stay exact.
 */
export class CounterTable {
  readonly #maxRows: number;
  #capacity = 256;
  #index = new Int32Array(1024).fill(-1);
  length = 0;
  pid = new Uint32Array(256);
  map = new Float64Array(256);
  type = new Float64Array(256);
  probe = new Uint16Array(256);
  caller = new Float64Array(256);
  /** All operations; of these, those that found their key, and those that did not, as far as known. */
  count = new Float64Array(256);
  found = new Float64Array(256);
  missed = new Float64Array(256);
  /** Entries that clears removed, as far as known. */
  removed = new Float64Array(256);

  constructor(maxRows = 1 << 17) {
    this.#maxRows = maxRows;
  }

  /** Combinations that have no counter of their own went into others. */
  get full(): boolean {
    return this.length >= this.#maxRows;
  }

  /** The counter of a combination, new ones included. */
  slot(pid: number, map: number, type: number, probe: number, caller: number): number {
    const mask = this.#index.length - 1;
    let at = hashOf(pid, map, type, probe, caller) & mask;
    for (; ; at = (at + 1) & mask) {
      const slot = this.#index[at] ?? -1;
      if (slot < 0) break;
      if (
        this.caller[slot] === caller &&
        this.map[slot] === map &&
        this.probe[slot] === probe &&
        this.type[slot] === type &&
        this.pid[slot] === pid
      ) {
        return slot;
      }
    }
    const isOther = map === OTHER && type === OTHER && caller === OTHER;
    if (this.full && !isOther) return this.slot(pid, OTHER, OTHER, probe, OTHER);
    return this.#add(at, pid, map, type, probe, caller);
  }

  #add(at: number, pid: number, map: number, type: number, probe: number, caller: number): number {
    if (this.length === this.#capacity) this.#grow();
    const slot = this.length++;
    this.pid[slot] = pid;
    this.map[slot] = map;
    this.type[slot] = type;
    this.probe[slot] = probe;
    this.caller[slot] = caller;
    this.#index[at] = slot;
    if (this.length * 2 > this.#index.length) this.#rehash();
    return slot;
  }

  #rehash(): void {
    const index = new Int32Array(this.#index.length * 2).fill(-1);
    const mask = index.length - 1;
    for (let slot = 0; slot < this.length; slot++) {
      const { pid, map, type, probe, caller } = this;
      let at =
        hashOf(pid[slot] ?? 0, map[slot] ?? 0, type[slot] ?? 0, probe[slot] ?? 0, caller[slot] ?? 0) & mask;
      while ((index[at] ?? -1) >= 0) at = (at + 1) & mask;
      index[at] = slot;
    }
    this.#index = index;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.pid = grown(this.pid, new Uint32Array(this.#capacity));
    this.map = grown(this.map, new Float64Array(this.#capacity));
    this.type = grown(this.type, new Float64Array(this.#capacity));
    this.probe = grown(this.probe, new Uint16Array(this.#capacity));
    this.caller = grown(this.caller, new Float64Array(this.#capacity));
    this.count = grown(this.count, new Float64Array(this.#capacity));
    this.found = grown(this.found, new Float64Array(this.#capacity));
    this.missed = grown(this.missed, new Float64Array(this.#capacity));
    this.removed = grown(this.removed, new Float64Array(this.#capacity));
  }
}

function grown<T extends Uint32Array | Uint16Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Of the low 32 bits of each: what differs only above is rare. */
function hashOf(pid: number, map: number, type: number, probe: number, caller: number): number {
  const places = Math.imul(map | 0, 0x9e37_79b1) ^ Math.imul(caller | 0, 0x85eb_ca6b);
  const rest = Math.imul(type | 0, 0xc2b2_ae35) ^ Math.imul(pid ^ (probe << 20), 0x27d4_eb2f);
  const hash = Math.imul(places ^ (places >>> 15) ^ rest, 0x1656_67b1);
  return hash ^ (hash >>> 16);
}
