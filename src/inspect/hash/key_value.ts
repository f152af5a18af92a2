import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';

/** A key with all that makes it equal to another one. `bytes` are its own, where it has any. */
export type KeyValue =
  | { readonly kind: 'plain'; readonly bytes: Uint8Array }
  | { readonly kind: 'string'; readonly bytes: Uint8Array; readonly text: Uint8Array }
  | {
      readonly kind: 'array';
      readonly bytes: Uint8Array;
      readonly elem: Addr;
      readonly items: readonly KeyValue[];
    }
  | { readonly kind: 'struct'; readonly bytes: Uint8Array; readonly fields: readonly KeyField[] }
  /** `value` is undefined for a nil interface. */
  | {
      readonly kind: 'interface';
      readonly bytes: Uint8Array;
      readonly type: Addr;
      readonly value: KeyValue | undefined;
    };

export interface KeyField {
  readonly name: string;
  readonly type: Addr;
  readonly value: KeyValue;
}

const MOST_TEXT = 1 << 24;
const MOST_DEPTH = 16;

/** The key whose bytes these are, with what it refers to; undefined when that cannot be read. */
export function keyValue(
  memory: ByteSource,
  types: TypeReader,
  type: Addr,
  bytes: Uint8Array,
  depth = 0,
): KeyValue | undefined {
  const head = types.head(type);
  if (head === undefined || bytes.length < head.size || depth > MOST_DEPTH) return undefined;
  const kind: string = head.kind;
  switch (kind) {
    case 'string': {
      const [pointer, length] = [word(bytes, 0), word(bytes, 8)];
      const text =
        length > MOST_TEXT ? undefined : length === 0 ? new Uint8Array(0) : memory.read(pointer, length);
      return text === undefined ? undefined : { kind: 'string', bytes, text: text.slice() };
    }
    case 'interface':
      return interfaceValue(memory, types, type, bytes, depth);
    case 'array': {
      const array = types.array(type);
      const size = array === undefined ? undefined : types.head(array.elem)?.size;
      if (array === undefined || size === undefined) return undefined;
      const items: KeyValue[] = [];
      for (let i = 0; i < array.length; i++) {
        const item = keyValue(memory, types, array.elem, bytes.subarray(i * size, (i + 1) * size), depth + 1);
        if (item === undefined) return undefined;
        items.push(item);
      }
      return { kind: 'array', bytes, elem: array.elem, items };
    }
    case 'struct': {
      const fields: KeyField[] = [];
      for (const { name, type: of, offset } of types.fields(type) ?? []) {
        const size = types.head(of)?.size ?? 0;
        const value = keyValue(memory, types, of, bytes.subarray(offset, offset + size), depth + 1);
        if (value === undefined) return undefined;
        fields.push({ name, type: of, value });
      }
      return { kind: 'struct', bytes, fields };
    }
    default:
      return { kind: 'plain', bytes };
  }
}

/** abi.ITab.Type: go1.18–1.27 src/internal/abi/iface.go (before 1.21 src/runtime/runtime2.go, itab). */
const ITAB_TYPE = 8;

function interfaceValue(
  memory: ByteSource,
  types: TypeReader,
  type: Addr,
  bytes: Uint8Array,
  depth: number,
): KeyValue | undefined {
  const dynamic = dynamicType(memory, types, type, bytes);
  if (dynamic === 0) return { kind: 'interface', bytes, type: addr(0), value: undefined };
  const head = dynamic === undefined ? undefined : types.head(dynamic);
  if (head === undefined) return undefined;
  const held = head.direct ? bytes.subarray(8, 16) : memory.read(word(bytes, 8), head.size);
  const value =
    held === undefined ? undefined : keyValue(memory, types, head.address, held.slice(), depth + 1);
  return value === undefined ? undefined : { kind: 'interface', bytes, type: head.address, value };
}

/** What an interface holds; 0 when it is nil, undefined when that cannot be read. */
export function dynamicType(
  memory: ByteSource,
  types: TypeReader,
  type: Addr,
  bytes: Uint8Array,
): Addr | undefined {
  const first = word(bytes, 0);
  if (first === 0 || types.hasMethods(type) !== true) return addr(first);
  const itab = memory.read(first + ITAB_TYPE, 8);
  return itab === undefined ? undefined : addr(word(itab, 0));
}

/** Whether Go's == holds between two keys of one type. */
export function keysEqual(types: TypeReader, type: Addr, a: KeyValue, b: KeyValue): boolean {
  if (a.kind === 'string' && b.kind === 'string') return sameBytes(a.text, b.text);
  if (a.kind === 'interface' && b.kind === 'interface') {
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return a.type === b.type && keysEqual(types, a.type, a.value, b.value);
  }
  if (a.kind === 'array' && b.kind === 'array')
    return a.items.every((item, i) => {
      const other = b.items[i];
      return other !== undefined && keysEqual(types, a.elem, item, other);
    });
  if (a.kind === 'struct' && b.kind === 'struct')
    return a.fields.every(({ name, type: of, value }, i) => {
      const other = b.fields[i];
      return name === '_' || (other !== undefined && keysEqual(types, of, value, other.value));
    });
  return a.kind === 'plain' && b.kind === 'plain' && plainEqual(types.head(type)?.kind, a.bytes, b.bytes);
}

function plainEqual(kind: string | undefined, a: Uint8Array, b: Uint8Array): boolean {
  const floats = (bytes: Uint8Array): number[] | undefined => {
    const words = view(bytes);
    if (kind === 'float32') return [words.getFloat32(0, true)];
    if (kind === 'float64') return [words.getFloat64(0, true)];
    if (kind === 'complex64') return [words.getFloat32(0, true), words.getFloat32(4, true)];
    if (kind === 'complex128') return [words.getFloat64(0, true), words.getFloat64(8, true)];
    return undefined;
  };
  const [x, y] = [floats(a), floats(b)];
  return x === undefined || y === undefined ? sameBytes(a, b) : x.every((n, i) => n === y[i]);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const word = (bytes: Uint8Array, at: number): number => Number(view(bytes).getBigUint64(at, true));
