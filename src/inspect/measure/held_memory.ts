import { allocated } from './allocation.ts';
import type { HeldRef } from './held_walker.ts';
import type { UnitFacts } from './unit_facts.ts';

/** Objects of less than this without pointers share blocks of this size: go1.18–1.27 src/runtime/malloc.go, maxTinySize. */
const TINY = 16;

/** A set of pieces of memory, each counted once. */
export class HeldMemory {
  readonly #version: UnitFacts['version'];
  /** Size by address; of pieces with pointers negative, since the heap rounds these otherwise. */
  readonly #sizes = new Map<number, number>();
  /** Bytes of pieces of which the heap's size is known. */
  readonly #exact = new Map<number, number>();

  constructor(version: UnitFacts['version']) {
    this.#version = version;
  }

  get count(): number {
    return this.#sizes.size + this.#exact.size;
  }

  has(address: number): boolean {
    return this.#sizes.has(address) || this.#exact.has(address);
  }

  add({ start, size, pointers, exact }: HeldRef): void {
    if (exact === true) this.#exact.set(start, size);
    else if (!pointers && size < TINY) this.#put(start - (start % TINY), TINY, 1);
    else this.#put(start, size, pointers ? -1 : 1);
  }

  #put(start: number, size: number, sign: number): void {
    const before = this.#sizes.get(start);
    if (before === undefined || Math.abs(before) < size) this.#sizes.set(start, size * sign);
  }

  bytes(): number {
    return bytesOf([this.#sizes], [this.#exact], this.#version);
  }

  /** Of both together. */
  with(other: HeldMemory): { readonly bytes: number; readonly objects: number } {
    const bytes = bytesOf([this.#sizes, other.#sizes], [this.#exact, other.#exact], this.#version);
    let shared = 0;
    for (const start of other.#sizes.keys()) if (this.#sizes.has(start)) shared++;
    for (const start of other.#exact.keys()) if (this.#exact.has(start)) shared++;
    return { bytes, objects: this.count + other.count - shared };
  }
}

/** Pieces that overlap are one: the texts that were cut out of one. */
function bytesOf(
  sizes: readonly ReadonlyMap<number, number>[],
  exact: readonly ReadonlyMap<number, number>[],
  version: UnitFacts['version'],
): number {
  const starts = Float64Array.from(sizes.flatMap((one) => [...one.keys()])).sort();
  let [sum, start, end, pointers] = [0, 0, 0, false];
  for (const at of starts) {
    for (const one of sizes) {
      const size = one.get(at);
      if (size === undefined) continue;
      if (at >= end) {
        sum += allocated(end - start, pointers, version);
        [start, end, pointers] = [at, at, false];
      }
      end = Math.max(end, at + Math.abs(size));
      pointers ||= size < 0;
    }
  }
  sum += allocated(end - start, pointers, version);
  const known = new Map(exact.flatMap((one) => [...one]));
  for (const size of known.values()) sum += size;
  return sum;
}
