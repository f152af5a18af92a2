import { NumberTable } from './number_table.ts';

/** What is known of the maps at some addresses of one process, in flat memory; a life is the index of its slot. */
export class Lives {
  readonly #slots = new NumberTable();
  #capacity = 64;
  id = new Uint32Array(64);
  /** Canonical type, 0 while unknown. */
  type = new Float64Array(64);
  /** The goroutine whose stack holds the map; 0 for a map on the heap. */
  owner = new Float64Array(64);
  /** The count that the map must have at the next look lies in [least, most]. */
  least = new Float64Array(64);
  most = new Float64Array(64);
  /** The hash seed that the map must have at the next look, when `seedSure` is 1. */
  seed = new Uint32Array(64);
  seedSure = new Uint32Array(64);
  /** The goroutine of the last operation, if it was the only one under way; its end tells the seed. */
  lastGoid = new Float64Array(64);
  /** The epoch in which that was learnt. */
  epoch = new Uint32Array(64);

  get size(): number {
    return this.#slots.size;
  }

  /** The life at an address, or -1. */
  at(address: number): number {
    return this.#slots.get(address);
  }

  /** A slot for an address that has none. */
  add(address: number): number {
    const slot = this.#slots.size;
    if (slot === this.#capacity) this.#grow();
    this.#slots.set(address, slot);
    return slot;
  }

  /** Takes over a life from another. */
  adopt(address: number, from: Lives, life: number): number {
    const slot = this.add(address);
    this.id[slot] = from.id[life] ?? 0;
    this.type[slot] = from.type[life] ?? 0;
    this.owner[slot] = from.owner[life] ?? 0;
    this.least[slot] = from.least[life] ?? 0;
    this.most[slot] = from.most[life] ?? 0;
    this.epoch[slot] = from.epoch[life] ?? 0;
    this.lastGoid[slot] = from.lastGoid[life] ?? 0;
    this.seed[slot] = from.seed[life] ?? 0;
    this.seedSure[slot] = from.seedSure[life] ?? 0;
    return slot;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.id = larger(this.id, Uint32Array);
    this.type = larger(this.type, Float64Array);
    this.owner = larger(this.owner, Float64Array);
    this.least = larger(this.least, Float64Array);
    this.most = larger(this.most, Float64Array);
    this.epoch = larger(this.epoch, Uint32Array);
    this.lastGoid = larger(this.lastGoid, Float64Array);
    this.seed = larger(this.seed, Uint32Array);
    this.seedSure = larger(this.seedSure, Uint32Array);
  }
}

function larger<T extends Uint32Array | Float64Array>(from: T, Kind: new (length: number) => T): T {
  const to = new Kind(from.length * 2);
  to.set(from);
  return to;
}
