import type { Addr } from '../../model/addr.ts';
import type { MapType } from '../types/go_type.ts';
import type { TypeReader } from '../types/type_reader.ts';
import type { KeyPath } from './map_calls.ts';

/** abi.MapMaxElemBytes (128) and abi.ZeroValSize (1024): go1.18–1.27 src/internal/abi/map.go, src/runtime/map.go. */
export const MAX_FAST_ELEM = 128;
export const ZERO_VALUE_SIZE = 1024;

/** How a key is compared: as plain memory, as a string, or by a function made for the type. */
export type KeyCompare = 'memory' | 'string' | 'special';

/** What decides which functions serve a map. */
export interface KeyFacts {
  readonly compare: KeyCompare;
  /** In bytes. */
  readonly size: number;
  readonly pointers: boolean;
}

/** Facts about a key type; undefined when it cannot be read. */
export function keyFacts(types: TypeReader, key: Addr): KeyFacts | undefined {
  const head = types.head(key);
  const compare = compareOf(types, key, 0);
  const pointers = hasPointers(types, key, 0);
  if (head === undefined || compare === undefined || pointers === undefined) return undefined;
  return { compare, size: head.size, pointers };
}

/**
 * The functions that the compiler takes for writes of such a map (reads and deletes take fast64 where this is
 * fast64ptr). go1.18–1.27 src/cmd/compile/internal/walk/walk.go, mapfast.
 */
export function writePath(types: TypeReader, map: MapType): KeyPath | undefined {
  const elem = types.head(map.elem);
  const key = keyFacts(types, map.key);
  if (elem === undefined || key === undefined) return undefined;
  if (elem.size > MAX_FAST_ELEM) return 'generic';
  if (key.compare === 'string') return 'faststr';
  if (key.compare !== 'memory') return 'generic';
  if (key.size === 4 && !key.pointers) return 'fast32';
  if (key.size === 8) return key.pointers ? 'fast64ptr' : 'fast64';
  return 'generic';
}

const MAX_DEPTH = 32;
const PLAIN = new Set(['bool', 'int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32',
  'uint64', 'uintptr', 'pointer', 'chan', 'unsafePointer']); // prettier-ignore
const POINTING = new Set(['pointer', 'chan', 'unsafePointer', 'string', 'interface', 'map', 'func', 'slice']);

/** go1.26.8 src/cmd/compile/internal/types/alg.go, AlgType and calculations of struct algorithms in size.go. */
function compareOf(types: TypeReader, type: Addr, depth: number): KeyCompare | undefined {
  const head = types.head(type);
  if (head === undefined || depth > MAX_DEPTH) return undefined;
  if (PLAIN.has(head.kind)) return 'memory';
  if (head.kind === 'string') return 'string';
  if (head.kind === 'array') return compareOfArray(types, type, depth);
  return head.kind === 'struct' ? compareOfStruct(types, type, head.size, depth) : 'special';
}

function compareOfArray(types: TypeReader, type: Addr, depth: number): KeyCompare | undefined {
  const array = types.array(type);
  const elem = array === undefined ? undefined : compareOf(types, array.elem, depth + 1);
  if (array === undefined || elem === undefined) return undefined;
  if (array.length === 0) return 'memory';
  return array.length === 1 || elem === 'memory' ? elem : 'special';
}

/** A struct with one field is compared like the field; with more, all must be plain, named, and without gaps. */
function compareOfStruct(types: TypeReader, type: Addr, size: number, depth: number): KeyCompare | undefined {
  const fields = types.fields(type);
  if (fields === undefined) return undefined;
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && only.name !== '_') {
    const inner = types.head(only.type);
    return inner?.size === size ? compareOf(types, only.type, depth + 1) : undefined;
  }
  for (const [i, field] of fields.entries()) {
    const head = types.head(field.type);
    const compare = compareOf(types, field.type, depth + 1);
    if (head === undefined || compare === undefined) return undefined;
    const next = fields[i + 1]?.offset ?? size;
    if (compare !== 'memory' || field.name === '_' || field.offset + head.size !== next) return 'special';
  }
  return 'memory';
}

function hasPointers(types: TypeReader, type: Addr, depth: number): boolean | undefined {
  const head = types.head(type);
  if (head === undefined || depth > MAX_DEPTH) return undefined;
  if (POINTING.has(head.kind)) return true;
  if (head.kind === 'array') {
    const array = types.array(type);
    if (array === undefined) return undefined;
    return array.length === 0 ? false : hasPointers(types, array.elem, depth + 1);
  }
  if (head.kind !== 'struct') return false;
  const answers = types.fields(type)?.map((field) => hasPointers(types, field.type, depth + 1));
  if (answers === undefined || answers.includes(undefined)) return undefined;
  return answers.includes(true);
}
