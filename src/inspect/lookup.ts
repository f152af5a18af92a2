import { MapauditError } from '../base/errors.ts';
import type { GoType } from '../go/debug/go_type.ts';
import { addr } from '../model/addr.ts';
import { isSyncMap, type MapLookup, mapHeader, type TypedKey } from './expr/evaluate.ts';
import { type KeyValue, keyValue } from './hash/key_value.ts';
import type { MemHash } from './hash/mem_hash.ts';
import { processHash } from './hash/process_hash.ts';
import { mapTypeOf } from './map_type.ts';
import { syncLookup } from './sync_map/sync_lookup.ts';
import { findKey } from './path/find_key.ts';
import type { FoundElement } from './path/found_element.ts';
import { heldTypes } from './path/held_types.ts';
import type { KeyPath } from './path/key_path.ts';
import { parseKey } from './path/parse_key.ts';
import type { Place } from './place/place.ts';
import type { Program } from './place/program.ts';
import type { MapPlace } from './scan.ts';

/** The element is what counts: nothing of the entry is shown. */
const NOTHING_SHOWN = { text: 0, items: 0, pointers: 0 };

/**
 * Looks keys of expressions up in maps as the program itself does: by their hash, and by comparing all slots where
 * that is not known. `hash` gives the hash functions of the process. The answer is the same either way.
 */
export function keyLookup(
  program: Program,
  pause: () => boolean,
  hash: () => MemHash | undefined = () => processHash(program.binary, program.memory, program.bias),
): MapLookup {
  const { memory, types } = program;
  return (place, key) => {
    if (isSyncMap(place.type)) return syncLookup(program, place, key, pause);
    const elem = place.type.elem();
    const type = mapTypeOf(program, place.type);
    const header = mapHeader(place);
    if (elem === undefined || header === undefined) return undefined;
    const map: MapPlace = { memory, type, address: addr(header), pause };
    const wanted = wantedKey(program, map, key);
    const find = (by: MemHash | undefined): KeyPath =>
      findKey(map, wanted, key.text, { types, hash: by, limits: NOTHING_SHOWN });
    const byHash = find(hash());
    const path = byHash.consistent ? byHash : find(undefined);
    if (path.element !== undefined) return elementPlace(path.element, elem);
    if (path.found !== undefined || !path.consistent) throw changing(key);
    return undefined;
  };
}

/** The element as it was when its slot was seen to be stable, and where that was. */
function elementPlace({ bytes, address }: FoundElement, type: GoType): Place {
  return {
    type,
    address,
    read: (offset, n) => (offset + n > bytes.length ? undefined : bytes.subarray(offset, offset + n)),
  };
}

/** Errors: `usage-key` for a text that is no such key, `wrong-key` for a variable of another type. */
function wantedKey(program: Program, map: MapPlace, { text, place }: TypedKey): KeyValue {
  const { types } = program;
  if (place === undefined) return parseKey(text, types, map.type.key, () => heldTypes(map, types));
  const key = keyOfPlace(program, map, place);
  if (key !== undefined) return key;
  const name = types.nameOf(map.type.key) ?? 'value';
  throw new MapauditError('wrong-key', `${text} is no key of ${map.type.name} but ${place.type.name}`, {
    fields: { key: text, type: map.type.name },
    hint: `Its keys are of type ${name}.`,
  });
}

const COMPOUND: ReadonlySet<string> = new Set(['struct', 'array']);

/** The value of a variable as a key: of the key's type, or of any type when keys are interfaces. */
function keyOfPlace(
  { memory, types }: Program,
  { type: { key } }: MapPlace,
  place: Place,
): KeyValue | undefined {
  const { kind, name, size, descriptor } = place.type;
  const head = types.head(key);
  const bytes = place.read(0, size)?.slice();
  if (head === undefined || bytes === undefined) return undefined;
  if (head.kind === 'interface' && kind !== 'interface') {
    const value = descriptor === undefined ? undefined : keyValue(memory, types, descriptor, bytes);
    return value === undefined || descriptor === undefined
      ? undefined
      : { kind: 'interface', bytes: new Uint8Array(head.size), type: descriptor, value };
  }
  const fits = kind === head.kind && size === head.size && (!COMPOUND.has(kind) || name === head.name);
  return fits ? keyValue(memory, types, key, bytes) : undefined;
}

const changing = ({ text }: TypedKey): MapauditError =>
  new MapauditError('unreadable-memory', `the map changes all the time where ${text} would be`, {
    fields: { key: text },
    hint: 'Try again; mapaudit inspect --key shows what is there.',
  });
