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
   * What a pointer, slice, map, channel or function at an offset refers to, in Go syntax; `write` writes a part
   * of it. Undefined: it is shown as the address that it is. Absent: so are all.
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
const REFERRING: ReadonlySet<Kind> = new Set(['pointer', 'slice', 'map', 'chan', 'func', 'unsafePointer']);
/** Values that are made of others, or lie elsewhere: what is cut is cut inside of them. */
const COMPOUND: ReadonlySet<Kind> = new Set(['string', 'interface', 'struct', 'array']);
/** Interfaces show these as they are; values of other types as a conversion. */
const PLAIN_IN_INTERFACE = new Set(['int', 'string', 'float64', 'bool', 'complex128']);

/** How much of each array is written. */
export interface ArrayLimits {
  /** Of arrays of numbers: what is beyond was not captured. */
  readonly bytes?: number;
  /** Elements; how many more there are is said. */
  readonly items?: number;
}

/**
 * Writes a value in Go syntax: strings as strconv.Quote writes them, numbers plain, structs and arrays as
 * `main.Pair{A: 1, B: "x"}` and `[2]uint8{1, 2}`, pointers as addresses. Undefined when the type is not known.
 */
export function formatValue(
  types: TypeReader,
  type: Addr,
  bytes: Uint8Array,
  elsewhere: Elsewhere,
  limits: ArrayLimits = {},
): FormattedValue | undefined {
  const head = types.head(type);
  if (head === undefined) return undefined;
  const writer = new Writer(types, limits);
  const text = writer.write(head, bytes, 0, elsewhere, 0);
  return { text, truncated: writer.truncated, unreadable: writer.unreadable };
}

class Writer {
  truncated = false;
  unreadable = false;
  readonly #types: TypeReader;
  readonly #limits: Required<ArrayLimits>;
  #left = MAX_VALUES;

  constructor(types: TypeReader, { bytes = Infinity, items = Infinity }: ArrayLimits) {
    this.#types = types;
    this.#limits = { bytes, items };
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
    // In Go blank fields are given no value.
    const named = fields.filter((field) => field.name !== '_');
    const shown = named.map((field) => {
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
    const limit = COMPOUND.has(elem.kind) ? Infinity : this.#limits.bytes;
    for (let i = 0; i < array.length; i++) {
      const at = offset + i * elem.size;
      const isBeyond = at + elem.size > bytes.length || (i + 1) * elem.size > limit;
      if (isBeyond || this.#left <= 0) {
        shown.push(this.#cut());
        break;
      }
      if (i >= this.#limits.items) {
        shown.push(`… ${array.length - i} more`);
        break;
      }
      shown.push(this.write(elem, bytes, at, elsewhere, depth + 1));
    }
    return `${type.name}{${shown.join(', ')}}`;
  }
}

/** A value inside an interface tells its type, unless the type is what a literal would have anyway. */
export function inInterface(type: TypeHead, text: string): string {
  if (isItself(type, text) || type.kind === 'struct' || type.kind === 'array') return text;
  if (type.kind === 'pointer' && /^(?:&|new\()/.test(text)) return text;
  if (text.startsWith(`${type.name}{`) || text.startsWith(`${conversion(type)}(`)) return text;
  return `${conversion(type)}(${text})`;
}

/** Whether a literal has this type by itself: a number without a point or an exponent is an int. */
const isItself = ({ name }: TypeHead, text: string): boolean =>
  name === 'float64' ? !/^-?\d+$/.test(text) : PLAIN_IN_INTERFACE.has(name);

/** What is written before the parentheses of a conversion to a type. */
const conversion = ({ kind, name }: TypeHead): string => (BRACKETED.has(kind) ? `(${name})` : name);
const BRACKETED: ReadonlySet<Kind> = new Set(['pointer', 'map', 'chan', 'func']);

/** An address that is not followed, as fmt's %#v writes it: `(*main.T)(0xc000012345)`. */
export const typedAddress = (type: TypeHead, address: Addr): string => `${conversion(type)}(${hex(address)})`;

/**
 * The pointer to a value that is written so: `&main.T{…}`, or `new(int8(5))` where no literal has an address
 * (Go 1.26 and later take a value there).
 */
export function pointerTo(elem: TypeHead, text: string): string {
  if (text === 'nil') return `new(${elem.name})`;
  if (text.startsWith(`${elem.name}{`)) return `&${text}`;
  if (!NUMBERS.has(elem.kind) && elem.kind !== 'string' && elem.kind !== 'bool' && elem.kind !== 'interface')
    return `new(${text})`;
  return isItself(elem, text) ? `new(${text})` : `new(${elem.name}(${text}))`;
}

const SIGNED: ReadonlySet<Kind> = new Set(['int', 'int8', 'int16', 'int32', 'int64']);
const UNSIGNED: ReadonlySet<Kind> = new Set(['uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr']);
const NUMBERS: ReadonlySet<Kind> = new Set([
  ...SIGNED,
  ...UNSIGNED,
  'float32',
  'float64',
  'complex64',
  'complex128',
]);

/** Kinds whose values are their own bytes alone. */
const PLAIN: ReadonlySet<Kind> = new Set([...SIGNED, ...UNSIGNED, 'bool', 'float32', 'float64']);

/**
 * What `formatValue` writes of a number or truth value; undefined for all other kinds, and where its bytes are
 * not all there. For those who write millions of them.
 */
export function plainText(type: TypeHead, bytes: DataView, at: number): string | undefined {
  return PLAIN.has(type.kind) && at + type.size <= bytes.byteLength ? scalar(type, bytes, at) : undefined;
}

/** Whether two keys of this type are the same where their whole texts are: not floats, whose NaN is not itself. */
export const textTellsAll = ({ kind }: TypeHead): boolean =>
  SIGNED.has(kind) || UNSIGNED.has(kind) || kind === 'bool' || kind === 'string';

/** A value of a kind that holds no other values. The caller has made sure that all its bytes are there. */
function scalar({ kind, size }: TypeHead, bytes: DataView, at: number): string {
  if (SIGNED.has(kind)) return signed(bytes, at, size);
  if (UNSIGNED.has(kind)) return unsigned(bytes, at, size);
  if (kind === 'bool') return bytes.getUint8(at) === 0 ? 'false' : 'true';
  if (kind === 'float32') return formatFloat(bytes.getFloat32(at, true), 32);
  if (kind === 'float64') return formatFloat(bytes.getFloat64(at, true), 64);
  if (kind === 'complex64')
    return formatComplex(bytes.getFloat32(at, true), bytes.getFloat32(at + 4, true), 32);
  if (kind === 'complex128')
    return formatComplex(bytes.getFloat64(at, true), bytes.getFloat64(at + 8, true), 64);
  const address = Number(unsigned(bytes, at, Math.min(size, 8)));
  return address === 0 ? 'nil' : hex(address);
}

/** High halves below this make numbers that a double holds exactly. */
const EXACT = 2 ** 21;

function signed(bytes: DataView, at: number, size: number): string {
  if (size === 1) return String(bytes.getInt8(at));
  if (size === 2) return String(bytes.getInt16(at, true));
  if (size === 4) return String(bytes.getInt32(at, true));
  const high = bytes.getInt32(at + 4, true);
  if (high >= EXACT || high < -EXACT) return String(bytes.getBigInt64(at, true));
  return String(high * 2 ** 32 + bytes.getUint32(at, true));
}

function unsigned(bytes: DataView, at: number, size: number): string {
  if (size === 1) return String(bytes.getUint8(at));
  if (size === 2) return String(bytes.getUint16(at, true));
  if (size === 4) return String(bytes.getUint32(at, true));
  const high = bytes.getUint32(at + 4, true);
  if (high >= EXACT) return String(bytes.getBigUint64(at, true));
  return String(high * 2 ** 32 + bytes.getUint32(at, true));
}
