import { view } from '../../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { GoVersion, MapFlavour } from '../../model/go_version.ts';
import type { RuntimeOffsets } from '../../model/probe_plan.ts';
import type { ArrayType, MapType, StructField, TypeHead } from './go_type.ts';
import { composedName, type NamedPart } from './composed_name.ts';
import { type Kind, kindOf } from './kinds.ts';
import { mapLayout } from './map_layout.ts';

/** abi.Type: go1.18–1.27 src/internal/abi/type.go (before 1.21 src/runtime/type.go). */
const HEAD = 48;
const TFLAG_EXTRA_STAR = 2;
const TFLAG_NAMED = 4;
const NAME_TAG = 2;
const NAME_EMBEDDED = 8;
/** Types inside types that reflect has made: more are none. */
const MAX_COMPOSED = 32;

const HAVE_ELEM: ReadonlySet<string> = new Set(['pointer', 'slice', 'array', 'chan']);

const MAX_NAME = 1 << 14;
const MAX_FIELDS = 4096;
const MAX_SIZE = 2 ** 40;

/** Where a module's type names lie, as addresses in the memory that is read. */
export interface TypeRange {
  readonly types: Addr;
  readonly etypes: Addr;
}

/** What the reader must know of the release. */
export interface TypeRules {
  readonly version: GoVersion;
  readonly flavour: MapFlavour;
  readonly offsets: RuntimeOffsets;
}

/**
 * Reads type descriptors, of a process or of a file's image. Whatever cannot be read, or cannot be a type, is
 * undefined. Answers are remembered: descriptors never change.
 */
export class TypeReader {
  readonly #memory: ByteSource;
  readonly #range: TypeRange;
  readonly #rules: TypeRules;
  readonly #heads = new Map<number, TypeHead | undefined>();
  readonly #maps = new Map<number, MapType | undefined>();
  readonly #fields = new Map<number, readonly StructField[] | undefined>();
  readonly #arrays = new Map<number, ArrayType | undefined>();
  readonly #elems = new Map<number, Addr | undefined>();
  readonly #methods = new Map<number, boolean | undefined>();
  /** Names that are being put together. */
  #composing = 0;

  constructor(memory: ByteSource, range: TypeRange, rules: TypeRules) {
    this.#memory = memory;
    this.#range = range;
    this.#rules = rules;
  }

  /** The release; of one newer than the tables the newest known. */
  get version(): GoVersion {
    return this.#rules.version;
  }

  head(address: Addr): TypeHead | undefined {
    return remembered(this.#heads, address, () => this.#readHead(address));
  }

  nameOf(address: Addr): string | undefined {
    return this.head(address)?.name;
  }

  map(address: Addr): MapType | undefined {
    return remembered(this.#maps, address, () => this.#readMap(address));
  }

  /** Fields of a struct type; undefined for other kinds. */
  fields(address: Addr): readonly StructField[] | undefined {
    return remembered(this.#fields, address, () => this.#readFields(address));
  }

  /** What a pointer type points to, or what a slice, array or channel type consists of; undefined for other kinds. */
  elem(address: Addr): Addr | undefined {
    return remembered(this.#elems, address, () => this.#readElem(address));
  }

  /** Element type and length of an array type. */
  array(address: Addr): ArrayType | undefined {
    return remembered(this.#arrays, address, () => this.#readArray(address));
  }

  /** Whether an interface type has methods: its first word then is an itab, not a type. */
  hasMethods(address: Addr): boolean | undefined {
    return remembered(this.#methods, address, () => this.#readMethods(address));
  }

  #readMap(address: Addr): MapType | undefined {
    const head = this.head(address);
    if (head?.kind !== 'map') return undefined;
    const bytes = this.#memory.read(address, 136) ?? this.#memory.read(address, 88);
    if (bytes === undefined) return undefined;
    const words = view(bytes);
    const key = addr(Number(words.getBigUint64(48, true)));
    const elem = addr(Number(words.getBigUint64(56, true)));
    const layout = mapLayout(words, this.#rules.flavour, this.#rules.version);
    return layout === undefined ? undefined : { ...head, kind: 'map', key, elem, ...layout };
  }

  #readFields(address: Addr): readonly StructField[] | undefined {
    return this.head(address)?.kind === 'struct' ? this.#fieldsAt(address) : undefined;
  }

  #fieldsAt(address: Addr): (StructField & NamedPart)[] | undefined {
    const slice = this.#memory.read(address + 56, 16);
    if (slice === undefined) return undefined;
    const [data, length] = [wordAt(slice, 0), wordAt(slice, 8)];
    if (length > MAX_FIELDS) return undefined;
    const bytes = this.#memory.read(data, length * 24);
    if (bytes === undefined) return undefined;
    // Up to 1.18 the offset shares its word with the mark "embedded": go1.18.10 src/runtime/type.go, structfield.
    const isOld = this.#rules.version.minor <= 18;
    const fields: (StructField & NamedPart)[] = [];
    for (let at = 0; at < bytes.length; at += 24) {
      const name = this.#name(wordAt(bytes, at));
      if (name === undefined) return undefined;
      const word = wordAt(bytes, at + 16);
      const place = isOld
        ? { offset: Math.floor(word / 2), embedded: word % 2 === 1 }
        : { offset: word, embedded: (name.flags & NAME_EMBEDDED) !== 0 };
      fields.push({ name: name.text, tag: name.tag, type: addr(wordAt(bytes, at + 8)), ...place });
    }
    return fields;
  }

  /** abi.PtrType, SliceType, ArrayType, ChanType: go1.18–1.27 src/internal/abi/type.go, Elem comes right after Type. */
  #readElem(address: Addr): Addr | undefined {
    const kind = this.head(address)?.kind;
    if (kind === undefined || !HAVE_ELEM.has(kind)) return undefined;
    const bytes = this.#memory.read(address + HEAD, 8);
    return bytes === undefined ? undefined : addr(wordAt(bytes, 0));
  }

  #readArray(address: Addr): ArrayType | undefined {
    if (this.head(address)?.kind !== 'array') return undefined;
    const bytes = this.#memory.read(address + HEAD, 24);
    return bytes === undefined ? undefined : { elem: addr(wordAt(bytes, 0)), length: wordAt(bytes, 16) };
  }

  #readMethods(address: Addr): boolean | undefined {
    if (this.head(address)?.kind !== 'interface') return undefined;
    const bytes = this.#memory.read(address + 64, 8);
    return bytes === undefined ? undefined : wordAt(bytes, 0) > 0;
  }

  #readHead(address: Addr): TypeHead | undefined {
    const bytes = this.#memory.read(address, HEAD);
    if (bytes === undefined) return undefined;
    const size = wordAt(bytes, 0);
    const flags = bytes[20] ?? 0;
    const kind = kindOf(bytes[23] ?? 0);
    if (kind === undefined || size > MAX_SIZE) return undefined;
    const given = this.#nameAt(address, view(bytes).getInt32(40, true));
    const isNamed = (flags & TFLAG_NAMED) !== 0;
    const name = given ?? (isNamed ? undefined : this.#composed(address, kind));
    if (name === undefined) return undefined;
    const { typeDirectIface, typeDirectIfaceMask } = this.#rules.offsets;
    return {
      address,
      name: given !== undefined && (flags & TFLAG_EXTRA_STAR) !== 0 ? given.slice(1) : name,
      kind,
      size,
      named: isNamed,
      direct: ((bytes[typeDirectIface] ?? 0) & typeDirectIfaceMask) !== 0,
    };
  }

  /** The name of a type outside of the module, which reflect has made of others. */
  #composed(address: Addr, kind: Kind): string | undefined {
    const { types, etypes } = this.#range;
    if ((address >= types && address < etypes) || this.#composing >= MAX_COMPOSED) return undefined;
    this.#composing++;
    const name = composedName(kind, {
      nameOf: (type) => this.nameOf(type),
      word: (offset) => {
        const bytes = this.#memory.read(address + offset, 8);
        return bytes === undefined ? undefined : wordAt(bytes, 0);
      },
      fields: () => this.#fieldsAt(address),
    });
    this.#composing--;
    return name;
  }

  /** A name offset counts from the module's types; a type made by reflect has none that could be read. */
  #nameAt(type: Addr, offset: number): string | undefined {
    const { types, etypes } = this.#range;
    if (type < types || type >= etypes || offset <= 0) return undefined;
    return this.#name(types + offset)?.text;
  }

  /** abi.Name: a byte of flags, the length as a variable-length number, the text. */
  #name(
    address: number,
  ): { readonly flags: number; readonly text: string; readonly tag: Uint8Array | undefined } | undefined {
    const text = this.#text(address + 1);
    const flags = this.#memory.read(address, 1)?.[0];
    if (text === undefined || flags === undefined) return undefined;
    const tag = (flags & NAME_TAG) === 0 ? undefined : this.#text(text.end)?.bytes;
    return { flags, text: new TextDecoder().decode(text.bytes), tag };
  }

  /** A length as a variable-length number, then so many bytes. */
  #text(address: number): { readonly bytes: Uint8Array; readonly end: number } | undefined {
    const start = this.#memory.read(address, 3);
    if (start === undefined) return undefined;
    let length = 0;
    let end = 0;
    for (let shift = 0; end < 3; shift += 7) {
      const byte = start[end++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (length > MAX_NAME) return undefined;
    const bytes = this.#memory.read(address + end, length);
    return bytes === undefined ? undefined : { bytes, end: address + end + length };
  }
}

/** The answer of the first time: descriptors never change. */
function remembered<T>(known: Map<number, T>, address: number, read: () => T): T {
  const before = known.get(address);
  if (before !== undefined || known.has(address)) return before as T;
  const answer = read();
  known.set(address, answer);
  return answer;
}

/** A 64-bit word as a number: addresses and sizes fit. */
function wordAt(bytes: Uint8Array, at: number): number {
  return Number(view(bytes).getBigUint64(at, true));
}
