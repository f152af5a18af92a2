import { AT, TAG } from '../../binary/dwarf/constants.ts';
import type { Dwarf } from '../../binary/dwarf/dwarf.ts';
import type { Entry } from '../../binary/dwarf/entry.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { type Kind, kindOf } from '../types/kinds.ts';
import type { TypeReader } from '../types/type_reader.ts';
import { type GoField, type GoType, shortTypeName } from './go_type.ts';

/**
 * Attributes of Go alone: go1.18–1.27 src/cmd/internal/dwarf/dwarf.go. DW_AT_go_runtime_type is the offset of
 * the type descriptor from moduledata.types, 0 when the linker has dropped it, in all of these releases.
 */
export const AT_GO = {
  kind: 0x2900,
  key: 0x2901,
  elem: 0x2902,
  embedded: 0x2903,
  runtimeType: 0x2904,
  packageName: 0x2905,
} as const;

/** Longer chains of typedefs are circles. */
const MAX_TYPEDEFS = 16;
const SIZE_OF_KIND: Partial<Record<Kind, number>> = {
  pointer: 8,
  unsafePointer: 8,
  map: 8,
  chan: 8,
  func: 8,
  interface: 16,
  string: 16,
  slice: 24,
};

/** Go types by their entries in DWARF. Types of C code are no Go types: undefined. */
export class DwarfTypes {
  readonly dwarf: Dwarf;
  readonly reader: TypeReader;
  readonly #types: Addr;
  readonly #known = new Map<number, GoType | undefined>();

  /** `types` is moduledata.types in the memory that `reader` reads. */
  constructor(dwarf: Dwarf, reader: TypeReader, types: Addr) {
    this.dwarf = dwarf;
    this.reader = reader;
    this.#types = types;
  }

  /** The type whose entry stands at an offset of .debug_info. */
  at(offset: number | undefined): GoType | undefined {
    if (offset === undefined) return undefined;
    if (this.#known.has(offset)) return this.#known.get(offset);
    const type = this.#read(offset);
    this.#known.set(offset, type);
    return type;
  }

  #read(offset: number): GoType | undefined {
    let entry = this.dwarf.entry(offset);
    for (let i = 0; i < MAX_TYPEDEFS && entry !== undefined; i++) {
      const kind = kindOf(entry.raw(AT_GO.kind) ?? 0);
      if (kind !== undefined) return new DwarfType(this, entry, kind, this.#descriptor(entry));
      // `type T struct{…}` has a typedef T that leads to the structure T.
      entry = entry.tag === TAG.typedef ? entry.referred(AT.type) : undefined;
    }
    return undefined;
  }

  #descriptor(entry: Entry): Addr | undefined {
    const offset = entry.raw(AT_GO.runtimeType) ?? 0;
    return offset === 0 ? undefined : addr(this.#types + offset);
  }
}

class DwarfType implements GoType {
  readonly fullName: string;
  readonly kind: Kind;
  readonly descriptor: Addr | undefined;
  readonly #types: DwarfTypes;
  readonly #entry: Entry;
  #fields: readonly GoField[] | undefined;
  #name: string | undefined;

  constructor(types: DwarfTypes, entry: Entry, kind: Kind, descriptor: Addr | undefined) {
    this.#types = types;
    this.#entry = entry;
    this.kind = kind;
    this.fullName = entry.name ?? kind;
    this.descriptor = descriptor;
  }

  get name(): string {
    const known = this.descriptor === undefined ? undefined : this.#types.reader.nameOf(this.descriptor);
    this.#name ??= known ?? shortTypeName(this.fullName);
    return this.#name;
  }

  get size(): number {
    return SIZE_OF_KIND[this.kind] ?? this.#entry.raw(AT.byteSize) ?? 0;
  }

  elem(): GoType | undefined {
    const inType = this.kind === 'pointer' || this.kind === 'array';
    return this.#types.at(this.#entry.reference(inType ? AT.type : AT_GO.elem));
  }

  key(): GoType | undefined {
    return this.#types.at(this.#entry.reference(AT_GO.key));
  }

  fields(): readonly GoField[] | undefined {
    if (this.kind !== 'struct') return undefined;
    this.#fields ??= [...this.#readFields()];
    return this.#fields;
  }

  *#readFields(): Generator<GoField> {
    for (const member of this.#types.dwarf.children(this.#entry)) {
      const offset = member.raw(AT.dataMemberLocation);
      const type = this.#types.at(member.reference(AT.type));
      if (member.tag !== TAG.member || offset === undefined || type === undefined) continue;
      yield { name: member.name ?? '_', offset, embedded: member.flag(AT_GO.embedded), type };
    }
  }

  length(): number | undefined {
    if (this.kind !== 'array') return undefined;
    for (const child of this.#types.dwarf.children(this.#entry))
      if (child.tag === TAG.subrangeType) return child.raw(AT.count);
    return undefined;
  }

  hasMethods(): boolean | undefined {
    if (this.kind !== 'interface') return undefined;
    let entry: Entry | undefined = this.#entry;
    for (let i = 0; i < MAX_TYPEDEFS && entry !== undefined; i++) {
      if (entry.name === 'runtime.iface') return true;
      if (entry.name === 'runtime.eface') return false;
      entry = entry.referred(AT.type);
    }
    return undefined;
  }
}
