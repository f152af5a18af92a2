import { type Addr, addr } from '../../model/addr.ts';
import { bufferSource } from '../../model/byte_source.ts';
import type { MapFlavour } from '../../model/go_version.ts';
import { Bytes } from '../testing.ts';
import { runtimeOffsets } from '../versions/runtime_offsets.ts';
import { parseGoVersion } from '../version_text.ts';
import { KIND, type Kind } from './kinds.ts';
import { type TypeRange, TypeReader, type TypeRules } from './type_reader.ts';

/** Where the descriptors of a fake program begin. */
export const TYPES = 0x500000;

/** What a descriptor says beside its kind and name. */
export interface FakeType {
  readonly kind: Kind;
  readonly name: string;
  readonly size?: number;
  readonly named?: boolean;
  /** It has methods. */
  readonly uncommon?: boolean;
  /** The text in the file has a star before the name, as the linker does to save space. */
  readonly star?: boolean;
  readonly direct?: boolean;
}

/** A struct's field. */
export interface FakeField {
  readonly name: string;
  readonly type: Addr;
  readonly offset: number;
  readonly embedded?: boolean;
}

/** Slots of a map as its release describes them, all numbers in the order of the descriptor. */
export interface FakeSlots {
  readonly key: Addr;
  readonly elem: Addr;
  readonly group?: Addr;
  /** What follows from offset 80 on. */
  readonly rest: Uint8Array;
}

const NAMES_AT = 0x8000;

/** Type descriptors put together by hand, as a release lays them out. */
export class FakeTypes {
  readonly rules: TypeRules;
  readonly range: TypeRange = { types: addr(TYPES), etypes: addr(TYPES + 2 * NAMES_AT) };
  // A module's first eight bytes are no type: an offset of 0 means none.
  readonly #types = new Bytes().u64(0);
  readonly #names = new Bytes();

  constructor(version: string, flavour: MapFlavour) {
    const parsed = parseGoVersion(version);
    if (parsed === undefined) throw new Error(version);
    this.rules = { version: parsed, flavour, offsets: runtimeOffsets(parsed, flavour) };
  }

  /** The whole memory: descriptors, then names. */
  memory(): Uint8Array {
    return new Bytes()
      .append(this.#types.done())
      .fillTo(NAMES_AT)
      .append(this.#names.done())
      .fillTo(2 * NAMES_AT)
      .done();
  }

  reader(): TypeReader {
    return new TypeReader(bufferSource(this.memory(), 'types', TYPES), this.range, this.rules);
  }

  /** A type that is nothing but its head. */
  plain(type: FakeType): Addr {
    return this.#add(type, new Bytes());
  }

  pointerTo(name: string, elem: Addr, kind: 'pointer' | 'slice' | 'chan' = 'pointer'): Addr {
    const size = kind === 'slice' ? 24 : 8;
    return this.#add({ kind, name, size, direct: kind === 'pointer' }, new Bytes().u64(elem));
  }

  array(name: string, elem: Addr, length: number, size: number): Addr {
    return this.#add({ kind: 'array', name, size }, new Bytes().u64(elem, 0, length));
  }

  /** An interface type; `methods` is how many it has. */
  interface(name: string, methods: number): Addr {
    return this.#add({ kind: 'interface', name, size: 16 }, new Bytes().u64(0, 0, methods, methods));
  }

  struct(name: string, size: number, fields: readonly FakeField[]): Addr {
    const isOld = this.rules.version.minor <= 18;
    const list = new Bytes();
    for (const { name: fieldName, type, offset, embedded = false } of fields) {
      list.u64(TYPES + this.#name(fieldName, !isOld && embedded ? 9 : 1), type);
      list.u64(isOld ? offset * 2 + Number(embedded) : offset);
    }
    const at = this.#next();
    const tail = new Bytes().u64(0, at + 80, fields.length, fields.length).append(list.done());
    return this.#add({ kind: 'struct', name, size }, tail);
  }

  map(name: string, { key, elem, group = key, rest }: FakeSlots, named = false): Addr {
    const tail = new Bytes().u64(key, elem, group, 0).append(rest);
    return this.#add({ kind: 'map', name, size: 8, named, direct: true }, tail);
  }

  #next(): Addr {
    this.#types.align(8);
    return addr(TYPES + this.#types.length);
  }

  #add(type: FakeType, tail: Bytes): Addr {
    const { kind, name, size = 8, named = false, uncommon = false, star = false, direct = false } = type;
    const at = this.#next();
    const newDirect = this.rules.version.minor >= 26;
    const flags = Number(uncommon) | (star ? 2 : 0) | (named ? 4 : 0) | (direct && newDirect ? 0x20 : 0);
    const kindByte = KIND[kind] | (direct && !newDirect ? 0x20 : 0);
    this.#types.u64(size, size).u32(0x1234).u8(flags, 8, 8, kindByte).u64(0, 0);
    this.#types.u32(this.#name(star ? `*${name}` : name, 0), 0).append(tail.done());
    return at;
  }

  #name(text: string, flags: number): number {
    const offset = NAMES_AT + this.#names.length;
    const bytes = new TextEncoder().encode(text);
    this.#names.u8(flags).varint(bytes.length).append(bytes);
    return offset;
  }
}
