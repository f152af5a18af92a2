import type { Addr } from '../../model/addr.ts';
import type { KeyChase, KeyPlan } from '../../model/key_plan.ts';
import { KEY_RAW_MAX } from '../../model/record.ts';
import type { TypeReader } from './type_reader.ts';

/** How the kernel fetches the keys of a map type; undefined when the type cannot be read. */
export function keyPlanOfMap(types: TypeReader, mapType: Addr): KeyPlan | undefined {
  const map = types.map(mapType);
  return map === undefined ? undefined : planFor(types, mapType, map.key);
}

/** How the kernel fetches a value that an interface key holds. */
export function keyPlanOfValue(types: TypeReader, type: Addr): KeyPlan | undefined {
  return planFor(types, type, type);
}

function planFor(types: TypeReader, planned: Addr, key: Addr): KeyPlan | undefined {
  const head = types.head(key);
  if (head === undefined) return undefined;
  const base = { type: planned, size: head.size };
  if (head.kind === 'string') return { ...base, kind: 'string', chases: [] };
  if (head.kind === 'interface')
    return { ...base, kind: types.hasMethods(key) === true ? 'iface' : 'eface', chases: [] };
  return { ...base, kind: 'bytes', chases: chasesOf(types, key) };
}

/** More would never be fetched, nor shown. */
const MAX_COLLECTED = 16;
/** A key has less than that in the bytes that are captured; descriptors that contain themselves have no end. */
const MAX_VISITED = 4096;

/**
 * Strings and interfaces inside a struct or array, in the order of their offsets. The kernel fetches the
 * first MAX_CHASES of those that lie in the captured bytes.
 */
export function chasesOf(types: TypeReader, type: Addr): KeyChase[] {
  const search = { types, found: [], left: MAX_VISITED };
  collect(search, type, 0, 0);
  return search.found;
}

interface Search {
  readonly types: TypeReader;
  readonly found: KeyChase[];
  /** Types that may still be looked at. */
  left: number;
}

function collect(search: Search, type: Addr, offset: number, depth: number): void {
  const { types, found } = search;
  const head = types.head(type);
  if (head === undefined || depth > 8 || found.length >= MAX_COLLECTED || offset + 16 > KEY_RAW_MAX) return;
  if (search.left-- <= 0) return;
  if (head.kind === 'string') found.push({ kind: 'string', offset });
  else if (head.kind === 'interface')
    found.push({ kind: types.hasMethods(type) === true ? 'iface' : 'eface', offset });
  else if (head.kind === 'struct')
    for (const field of types.fields(type) ?? [])
      collect(search, field.type, offset + field.offset, depth + 1);
  else if (head.kind === 'array') collectArray(search, type, offset, depth);
}

function collectArray(search: Search, type: Addr, offset: number, depth: number): void {
  const { types } = search;
  const array = types.array(type);
  const size = array === undefined ? 0 : (types.head(array.elem)?.size ?? 0);
  if (array === undefined || size === 0) return;
  for (let i = 0; i < array.length && offset + i * size < KEY_RAW_MAX; i++)
    collect(search, array.elem, offset + i * size, depth + 1);
}
