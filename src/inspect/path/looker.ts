import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';
import { entryVisitor, type MapEntry } from '../entries.ts';
import { keyHash } from '../hash/key_hash.ts';
import { type KeyValue, keysEqual } from '../hash/key_value.ts';
import type { MemHash } from '../hash/mem_hash.ts';
import { controlOf, keyOfSlot } from '../hash/slot_hash.ts';
import type { ValueLimits } from '../live_value.ts';
import type { MapPlace } from '../scan.ts';
import {
  isEvacuated,
  isFull,
  SLOTS,
  TOMBSTONE,
  type UnitPlace,
  unitShape,
  type UnitShape,
} from '../slots.ts';
import { elementOf, type FoundElement } from './found_element.ts';
import type { SlotLook } from './key_path.ts';

/** A bucket or group that was looked at. */
export interface LookedAt {
  readonly bytes: Uint8Array;
  readonly slots: readonly SlotLook[];
  readonly found: MapEntry | undefined;
  readonly element: FoundElement | undefined;
}

/** What is looked for. */
export interface Wanted {
  readonly key: KeyValue;
  readonly hash: bigint;
  readonly control: number;
  readonly seed: bigint;
}

/** Looks at the slots of buckets and groups for a key; remembers what it read, to see whether it has changed. */
export class Looker {
  readonly shape: UnitShape;
  /** Keys whose hash is what their slot says, and is not. */
  agreed = 0;
  disagreed = 0;
  readonly #place: MapPlace;
  readonly #types: TypeReader;
  readonly #hash: MemHash;
  readonly #limits: ValueLimits;
  readonly #read: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  constructor(place: MapPlace, types: TypeReader, hash: MemHash, limits: ValueLimits) {
    this.#place = place;
    this.#types = types;
    this.#hash = hash;
    this.#limits = limits;
    this.shape = unitShape(place.type);
  }

  /** Memory that the way depends on; undefined when it cannot be read. */
  read(address: number, length: number): Uint8Array | undefined {
    const bytes = this.#place.memory.read(address, length)?.slice();
    if (bytes !== undefined) this.#read.push({ address, bytes });
    return bytes;
  }

  /** Memory whose changes do not matter. */
  peek(address: number, length: number): Uint8Array | undefined {
    return this.#place.memory.read(address, length);
  }

  /** All that was read is still the same. */
  isSame(): boolean {
    return this.#read.every(({ address, bytes }) => {
      const now = this.#place.memory.read(address, bytes.length);
      return now !== undefined && Buffer.compare(now, bytes) === 0;
    });
  }

  /** Looks at one bucket or group, up to the key. */
  look(unit: UnitPlace, wanted: Wanted): LookedAt | undefined {
    const bytes = this.read(unit.address, this.shape.bytes);
    if (bytes === undefined) return undefined;
    const slots: SlotLook[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const control = bytes[slot] ?? 0;
      const state = this.#state(control);
      const full = state === 'full';
      const matches = full && control === wanted.control;
      const other = full ? this.#keyAt(bytes, slot) : undefined;
      if (other !== undefined) this.#check(other, control, wanted.seed);
      const equal =
        matches && other !== undefined
          ? keysEqual(this.#types, this.#place.type.key, wanted.key, other)
          : undefined;
      slots.push({ slot, control, state, matches, equal });
      if (equal === true) {
        const element = this.#element(bytes, unit, slot);
        // What lies outside of the slot is written to in place: the slot does not tell of that.
        if (element !== undefined && this.#place.type.indirectElem) this.#read.push(element);
        return { bytes, slots, found: this.#entry(bytes, unit, slot), element };
      }
      if (state === 'rest-is-empty') break;
    }
    return { bytes, slots, found: undefined, element: undefined };
  }

  #keyAt(bytes: Uint8Array, slot: number): KeyValue | undefined {
    const { memory, type } = this.#place;
    const at = this.shape.keysAt + slot * this.shape.keyStride;
    return keyOfSlot(memory, this.#types, type, bytes, at);
  }

  #check(key: KeyValue, control: number, seed: bigint): void {
    const hash = keyHash(this.#hash, this.#types, this.#place.type.key, key, seed);
    if (hash === undefined) return;
    if (controlOf(this.shape.kind, hash) === control) this.agreed++;
    else this.disagreed++;
  }

  #state(control: number): SlotLook['state'] {
    if (isFull(this.shape.kind, control)) return 'full';
    if (this.shape.kind === 'swiss') return control === TOMBSTONE ? 'tombstone' : 'empty';
    if (isEvacuated(control)) return 'evacuated';
    return control === 0 ? 'rest-is-empty' : 'empty';
  }

  #element(bytes: Uint8Array, { address }: UnitPlace, slot: number): FoundElement | undefined {
    const { memory, type } = this.#place;
    const at = this.shape.elemsAt + slot * this.shape.elemStride;
    return elementOf(memory, this.#types, type, bytes, at, { address, slot });
  }

  #entry(bytes: Uint8Array, unit: UnitPlace, slot: number): MapEntry {
    const { memory, type, pause } = this.#place;
    const options = { memory, types: this.#types, limits: this.#limits, pause };
    const visitor = entryVisitor(type, options, () => undefined);
    const { keysAt, keyStride, elemsAt, elemStride } = this.shape;
    const place = { ...unit, slot, control: bytes[slot] ?? 0 };
    return visitor.read(bytes, keysAt + slot * keyStride, elemsAt + slot * elemStride, place);
  }
}

/** Where a unit lies that has no overflow chain and no table. */
export const plainUnit = (part: UnitPlace['part'], index: number, address: Addr): UnitPlace => ({
  part,
  index,
  address,
  table: 0,
  depth: 0,
  old: false,
});
