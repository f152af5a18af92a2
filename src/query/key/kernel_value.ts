import type { TypeReader } from '../../go/types/type_reader.ts';
import type { KeyValue } from '../../inspect/hash/key_value.ts';
import type { TypesByName } from '../../inspect/path/parse_key.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { KEY_FILTER_MAX, type KeyValueFilter } from '../../model/probe.ts';
import { keyOfTypeIfAny } from './key_of_type.ts';
import { typePattern } from '../type_pattern.ts';

/** What the kernel compares for one key. */
export interface KernelKey {
  readonly filter: { readonly keyText: KeyText } | { readonly keyValue: KeyValueFilter };
  /** Names of the map types whose keys it may be; other keys may have the same memory. */
  readonly mapTypes: ReadonlySet<string>;
}

interface KeyText {
  readonly bytes: Uint8Array;
  readonly exact: boolean;
}

/**
 * How the kernel alone can tell one key, in all map types of a program that are meant. Undefined where it cannot: the
 * key has another memory in each type, or has text inside, or is too long.
 */
export function kernelKey(
  text: string,
  types: TypeReader,
  mapTypes: readonly number[],
  pattern: string | undefined,
): KernelKey | undefined {
  const wanted = pattern === undefined ? undefined : typePattern(pattern);
  const names = new Set<string>();
  let filter: KernelKey['filter'] | undefined;
  let held: TypesByName | undefined;
  for (const at of mapTypes) {
    const [map, name] = [types.map(addr(at)), types.nameOf(addr(at))];
    if (map === undefined || name === undefined || wanted?.test(name) === false) continue;
    const value = keyOfTypeIfAny(text, types, map.key, () => (held ??= keyTypes(types, mapTypes)));
    // Whether a key in an interface may be this one shows with each key.
    if (value === undefined && types.head(map.key)?.kind !== 'interface') continue;
    const own = value === undefined ? undefined : filterOf(types, map.key, value);
    if (own === undefined || (filter !== undefined && !isSame(filter, own))) return undefined;
    filter = own;
    names.add(name);
  }
  return filter === undefined ? undefined : { filter, mapTypes: names };
}

function keyTypes(types: TypeReader, mapTypes: readonly number[]): TypesByName {
  const keys = mapTypes.flatMap((at) => types.map(addr(at))?.key ?? []);
  return new Map(
    keys.flatMap((key) => {
      const name = types.nameOf(key);
      return name === undefined ? [] : [[name, key] as const];
    }),
  );
}

function filterOf(types: TypeReader, type: Addr, value: KeyValue): KernelKey['filter'] | undefined {
  if (value.kind === 'interface')
    return value.value === undefined ? undefined : filterOf(types, value.type, value.value);
  if (value.kind === 'string')
    return value.text.length === 0 || value.text.length > KEY_FILTER_MAX
      ? undefined
      : { keyText: { bytes: value.text, exact: true } };
  const { bytes } = value;
  const mask = new Uint8Array(bytes.length);
  if (bytes.length === 0 || bytes.length > KEY_FILTER_MAX || !cover(types, type, value, mask, 0))
    return undefined;
  return { keyValue: { bytes, mask, exact: true } };
}

/** Sets the bits that count; false where bits do not decide. */
function cover(types: TypeReader, type: Addr, value: KeyValue, mask: Uint8Array, at: number): boolean {
  if (value.kind === 'string' || value.kind === 'interface') return false;
  if (value.kind === 'struct') {
    const fields = types.fields(type) ?? [];
    return value.fields.every(
      ({ name, type: of, value: part }, i) =>
        name === '_' || cover(types, of, part, mask, at + (fields[i]?.offset ?? 0)),
    );
  }
  if (value.kind === 'array') {
    const size = types.head(value.elem)?.size ?? 0;
    return value.items.every((item, i) => cover(types, value.elem, item, mask, at + i * size));
  }
  const kind = types.head(type)?.kind ?? '';
  mask.fill(0xff, at, at + value.bytes.length);
  const part = /^float(\d+)$/.exec(kind)?.[1] ?? /^complex(\d+)$/.exec(kind)?.[1];
  if (part === undefined) return true;
  // Of each number the sign does not count where it is zero, and no bits do where it is not a number.
  const width = kind.startsWith('complex') ? Number(part) / 16 : Number(part) / 8;
  for (let from = 0; from < value.bytes.length; from += width) {
    const number = value.bytes.subarray(from, from + width);
    const words = new DataView(number.buffer, number.byteOffset, number.byteLength);
    const n = width === 4 ? words.getFloat32(0, true) : words.getFloat64(0, true);
    if (Number.isNaN(n)) return false;
    if (n === 0) mask[at + from + width - 1] = 0x7f;
  }
  return true;
}

function isSame(a: KernelKey['filter'], b: KernelKey['filter']): boolean {
  if ('keyText' in a && 'keyText' in b) return Buffer.compare(a.keyText.bytes, b.keyText.bytes) === 0;
  if (!('keyValue' in a && 'keyValue' in b)) return false;
  const [one, other] = [a.keyValue, b.keyValue];
  if (Buffer.compare(one.mask, other.mask) !== 0) return false;
  return one.bytes.every((byte, i) => ((byte ^ (other.bytes[i] ?? 0)) & (one.mask[i] ?? 0)) === 0);
}
