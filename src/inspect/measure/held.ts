import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';
import type { MapType } from '../../go/types/go_type.ts';
import { HeldMemory } from './held_memory.ts';
import { type HeldRef, HeldWalker, type ReadPlace } from './held_walker.ts';

/** Whether an address lies in the program's image: what lies there is no one's memory on the heap. */
export type IsImage = (address: number) => boolean;

export interface HeldOptions {
  readonly isImage: IsImage;
  /** Objects that are counted at most. */
  readonly most?: number;
}

/**
 * Memory outside of a map that its keys and elements keep alive. Each piece counts once, whoever refers to it: keys
 * that share a text's memory too. Sizes are rounded up to what the heap hands out; where a reference reaches only a
 * part of an object (a text cut out of a longer one), that part is counted.
 */
export interface HeldBytes {
  readonly keys: number;
  /** What keys do not refer to already. */
  readonly elems: number;
  readonly total: number;
  /** Pieces of memory. */
  readonly objects: number;
  /** False when there were more objects than are counted, or something could not be read or is not followed (channels, functions). */
  readonly complete: boolean;
}

/** What an entry refers to. */
export interface HeldEntry {
  readonly keys: readonly HeldRef[];
  readonly elems: readonly HeldRef[];
}

const MOST_OBJECTS = 4_000_000;

/** Gathers what keys and elements refer to while a map or a sync.Map is scanned. */
export class HeldCollector {
  readonly #place: ReadPlace;
  readonly #types: TypeReader;
  readonly #walker: HeldWalker;
  readonly #keys: HeldMemory;
  readonly #elems: HeldMemory;
  readonly #most: number;
  #complete = true;

  constructor(place: ReadPlace, types: TypeReader, { isImage, most }: HeldOptions) {
    this.#place = place;
    this.#types = types;
    this.#keys = new HeldMemory(types.version);
    this.#elems = new HeldMemory(types.version);
    const isKnown = (address: number): boolean => this.#keys.has(address) || this.#elems.has(address);
    this.#walker = new HeldWalker(place, types, isImage, isKnown);
    this.#most = most ?? MOST_OBJECTS;
  }

  /** An entry of a map of this type. `key` and `elem`: where they begin in the block. */
  read(type: MapType, block: Uint8Array, key: number, elem: number): HeldEntry | undefined {
    if (this.#isFull()) return undefined;
    return {
      keys: this.#refs(type.key, type.indirectKey, block, key),
      elems: this.#refs(type.elem, type.indirectElem, block, elem),
    };
  }

  /** What an `any` that begins somewhere in some bytes refers to. */
  any(bytes: Uint8Array, at: number): readonly HeldRef[] {
    return this.#isFull() ? [] : this.#walker.anyRefs(bytes.subarray(at, at + 16));
  }

  #isFull(): boolean {
    if (this.#keys.count + this.#elems.count < this.#most) return false;
    this.#complete = false;
    return true;
  }

  #refs(type: Addr, indirect: boolean, block: Uint8Array, at: number): readonly HeldRef[] {
    if (!this.#walker.refers(type)) return [];
    const size = this.#types.head(type)?.size ?? 0;
    const bytes = indirect
      ? this.#place.memory.read(Number(view(block).getBigUint64(at, true)), size)?.slice()
      : block.subarray(at, at + size);
    if (bytes !== undefined) return this.#walker.refs(type, bytes);
    this.#complete = false;
    return [];
  }

  add({ keys, elems }: HeldEntry): void {
    for (const ref of keys) this.#keys.add(ref);
    for (const ref of elems) this.#elems.add(ref);
  }

  result(): HeldBytes {
    const keys = this.#keys.bytes();
    const { bytes: all, objects } = this.#keys.with(this.#elems);
    return {
      keys,
      elems: all - keys,
      total: all,
      objects,
      complete: this.#complete && this.#walker.complete,
    };
  }
}
