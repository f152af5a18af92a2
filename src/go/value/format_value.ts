import { view } from '../../binary/elf/bounded_reader.ts';
import { type Addr, hex } from '../../model/addr.ts';
import type { TypeHead } from '../types/go_type.ts';
import type { Kind } from '../types/kinds.ts';
import type { TypeReader } from '../types/type_reader.ts';
import { formatComplex, formatFloat } from './number.ts';
import { quote, trimCut } from './quote.ts';

/** A string's text, as far as it is known. */
export interface TextPart {
  readonly bytes: Uint8Array;
  /** Its true length in bytes. */
  readonly length: number;
}

/** What an interface holds, as far as it is known. */
export interface ValuePart extends TextPart {
  /** Dynamic type; 0: a nil interface. */
  readonly type: Addr;
  /** What lies in turn elsewhere, seen from the value's start. */
  readonly inside: Elsewhere;
}

export type Missing = 'unreadable' | 'not-captured';

/** Finds what a value refers to, by the offset of the string header or interface from the value's start. */
export interface Elsewhere {
  text(offset: number): TextPart | Missing;
  /** `type` is the interface's own type. */
  value(offset: number, type: TypeHead): ValuePart | Missing;
  /**
   * What a pointer, slice or map at an offset refers to, in Go syntax; `write` writes a part of it. Undefined:
   * it is shown as the address that it is. Absent: so are all.
   */
  refer?(offset: number, type: TypeHead, write: WritePart): { readonly text: string } | Missing | undefined;
}

/** Writes a value that was found elsewhere, one level deeper. */
export type WritePart = (type: TypeHead, bytes: Uint8Array, inside: Elsewhere) => string;

/** A value in Go syntax. Missing bytes are shown as `…`. */
export interface FormattedValue {
  readonly text: string;
  readonly truncated: boolean;
  readonly unreadable: boolean;
}

/** Nothing that lies elsewhere was captured. */
export const NOTHING_ELSEWHERE: Elsewhere = { text: () => 'not-captured', value: () => 'not-captured' };

/** Deeper nesting is not shown. */
const MAX_DEPTH = 8;
/** More values in one key are not shown: an array of empty structs may have any number. */
const MAX_VALUES = 1024;
const ELLIPSIS = '…';
/** Kinds whose values are elsewhere. */
const REFERRING: ReadonlySet<Kind> = new Set(['pointer', 'slice', 'map']);
/** Interfaces show these as they are; values of other types as a conversion. */
const PLAIN_IN_INTERFACE = new Set(['int', 'string', 'float64', 'bool', 'complex128']);

/**
 * Writes a value in Go syntax: strings as strconv.Quote writes them, numbers plain, structs and arrays as
 * `main.Pair{A: 1, B: "x"}` and `[2]uint8{1, 2}`, pointers as addresses. Undefined when the type is not known.
 */
export function formatValue(
  types: TypeReader,
  type: Addr,
  bytes: Uint8Array,
  elsewhere: Elsewhere,
): FormattedValue | undefined {
  const head = types.head(type);
  if (head === undefined) return undefined;
  const writer = new Writer(types);
  const text = writer.write(head, bytes, 0, elsewhere, 0);
  return { text, truncated: writer.truncated, unreadable: writer.unreadable };
}

class Writer {
  truncated = false;
  unreadable = false;
  readonly #types: TypeReader;
  #left = MAX_VALUES;

  constructor(types: TypeReader) {
    this.#types = types;
  }

  write(type: TypeHead, bytes: Uint8Array, offset: number, elsewhere: Elsewhere, depth: number): string {
    if (depth > MAX_DEPTH || this.#left-- <= 0) return this.#cut();
    const { kind } = type;
    if (kind === 'string') return this.#text(elsewhere.text(offset));
    if (kind === 'interface') return this.#interface(elsewhere.value(offset, type), depth);
    if (kind === 'struct') return this.#struct(type, bytes, offset, elsewhere, depth);
    if (kind === 'array') return this.#array(type, bytes, offset, elsewhere, depth);
    if (offset + type.size > bytes.length) return this.#cut();
    return this.#referred(type, offset, elsewhere, depth) ?? scalar(type, view(bytes), offset);
  }

  #referred(type: TypeHead, offset: number, elsewhere: Elsewhere, depth: number): string | undefined {
    if (elsewhere.refer === undefined || !REFERRING.has(type.kind)) return undefined;
    const found = elsewhere.refer(offset, type, (part, bytes, inside) =>
      this.write(part, bytes, 0, inside, depth + 1),
    );
    return typeof found === 'string' ? this.#missing(found) : found?.text;
  }

  #cut(): string {
    this.truncated = true;
    return ELLIPSIS;
  }

  #missing(why: Missing): string {
    if (why === 'unreadable') this.unreadable = true;
    else this.truncated = true;
    return ELLIPSIS;
  }

  #text(part: TextPart | Missing): string {
    if (typeof part === 'string') return this.#missing(part);
    if (part.bytes.length >= part.length) return quote(part.bytes);
    this.truncated = true;
    return quote(trimCut(part.bytes)) + ELLIPSIS;
  }

  #interface(part: ValuePart | Missing, depth: number): string {
    if (typeof part === 'string') return this.#missing(part);
    if (part.type === 0) return 'nil';
    const type = this.#types.head(part.type);
    if (type === undefined) return this.#cut();
    const text =
      type.kind === 'string' ? this.#text(part) : this.write(type, part.bytes, 0, part.inside, depth + 1);
    return inInterface(type, text);
  }

  #struct(type: TypeHead, bytes: Uint8Array, offset: number, elsewhere: Elsewhere, depth: number): string {
    const fields = this.#types.fields(type.address);
    if (fields === undefined) return this.#cut();
    const shown = fields.map((field) => {
      const head = this.#types.head(field.type);
      const value =
        head === undefined
          ? this.#cut()
          : this.write(head, bytes, offset + field.offset, elsewhere, depth + 1);
      return `${field.name}: ${value}`;
    });
    return `${type.name}{${shown.join(', ')}}`;
  }

  #array(type: TypeHead, bytes: Uint8Array, offset: number, elsewhere: Elsewhere, depth: number): string {
    const array = this.#types.array(type.address);
    const elem = array === undefined ? undefined : this.#types.head(array.elem);
    if (array === undefined || elem === undefined) return this.#cut();
    const shown: string[] = [];
    for (let i = 0; i < array.length; i++) {
      const at = offset + i * elem.size;
      if (at + elem.size > bytes.length || this.#left <= 0) {
        shown.push(this.#cut());
        break;
      }
      shown.push(this.write(elem, bytes, at, elsewhere, depth + 1));
    }
    return `${type.name}{${shown.join(', ')}}`;
  }
}

/** A value inside an interface tells its type, unless the type is what a literal would have anyway. */
export function inInterface(type: TypeHead, text: string): string {
  if (PLAIN_IN_INTERFACE.has(type.name) || type.kind === 'struct' || type.kind === 'array') return text;
  if (text.startsWith('&') || text.startsWith(`${type.name}{`)) return text;
  const name = type.kind === 'pointer' || type.kind === 'chan' ? `(${type.name})` : type.name;
  return `${name}(${text})`;
}

const SIGNED: ReadonlySet<Kind> = new Set(['int', 'int8', 'int16', 'int32', 'int64']);
const UNSIGNED: ReadonlySet<Kind> = new Set(['uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr']);

/** A value of a kind that holds no other values. The caller has made sure that all its bytes are there. */
function scalar({ kind, size }: TypeHead, bytes: DataView, at: number): string {
  if (kind === 'bool') return bytes.getUint8(at) === 0 ? 'false' : 'true';
  if (SIGNED.has(kind)) return String(BigInt.asIntN(size * 8, word(bytes, at, size)));
  if (UNSIGNED.has(kind)) return String(word(bytes, at, size));
  if (kind === 'float32') return formatFloat(bytes.getFloat32(at, true), 32);
  if (kind === 'float64') return formatFloat(bytes.getFloat64(at, true), 64);
  if (kind === 'complex64')
    return formatComplex(bytes.getFloat32(at, true), bytes.getFloat32(at + 4, true), 32);
  if (kind === 'complex128')
    return formatComplex(bytes.getFloat64(at, true), bytes.getFloat64(at + 8, true), 64);
  const address = Number(word(bytes, at, Math.min(size, 8)));
  return address === 0 ? 'nil' : hex(address);
}

function word(bytes: DataView, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes.getUint8(at + i));
  return value;
}
