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

/**
 * Strings and interfaces inside a struct or array, in the order of their offsets. The kernel fetches the
 * first MAX_CHASES of those that lie in the captured bytes.
 */
export function chasesOf(types: TypeReader, type: Addr): KeyChase[] {
  const found: KeyChase[] = [];
  collect(types, type, 0, found, 0);
  return found;
}

function collect(types: TypeReader, type: Addr, offset: number, found: KeyChase[], depth: number): void {
  const head = types.head(type);
  if (head === undefined || depth > 8 || found.length >= MAX_COLLECTED || offset + 16 > KEY_RAW_MAX) return;
  if (head.kind === 'string') found.push({ kind: 'string', offset });
  else if (head.kind === 'interface')
    found.push({ kind: types.hasMethods(type) === true ? 'iface' : 'eface', offset });
  else if (head.kind === 'struct')
    for (const field of types.fields(type) ?? [])
      collect(types, field.type, offset + field.offset, found, depth + 1);
  else if (head.kind === 'array') collectArray(types, type, offset, found, depth);
}

function collectArray(types: TypeReader, type: Addr, offset: number, found: KeyChase[], depth: number): void {
  const array = types.array(type);
  const size = array === undefined ? 0 : (types.head(array.elem)?.size ?? 0);
  if (array === undefined || size === 0) return;
  for (let i = 0; i < array.length && offset + i * size < KEY_RAW_MAX; i++)
    collect(types, array.elem, offset + i * size, found, depth + 1);
}
