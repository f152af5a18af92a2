import type { TypeReader } from '../../go/types/type_reader.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import type { Addr } from '../../model/addr.ts';
import { dynamicType } from '../hash/key_value.ts';
import type { MapPlace } from '../scan.ts';
import { scanMap } from '../scan_map.ts';
import type { TypesByName } from './parse_key.ts';

interface InterfacePlace {
  readonly at: number;
  readonly type: Addr;
}

/** Interfaces of one array that are looked at. */
const MOST_ITEMS = 64;
const MOST_DEPTH = 8;

/** The types that the interfaces in a map's keys hold: all slots are looked at, if keys have interfaces at all. */
export function heldTypes(place: MapPlace, types: TypeReader): TypesByName {
  const names = new Map<string, Addr>();
  const { memory, type } = place;
  const size = types.head(type.key)?.size ?? 0;
  const places = interfacesIn(types, type.key, 0, 0);
  if (places.length === 0) return names;
  scanMap<readonly Addr[]>(place, {
    read: (block, at) => {
      const key = type.indirectKey
        ? memory.read(Number(view(block).getBigUint64(at, true)), size)?.slice()
        : block.subarray(at, at + size);
      if (key === undefined) return [];
      return places.flatMap((one) => {
        const held = dynamicType(memory, types, one.type, key.subarray(one.at, one.at + 16));
        return held === undefined || held === 0 ? [] : [held];
      });
    },
    deliver: (held) => {
      for (const one of held) {
        const name = types.nameOf(one);
        if (name !== undefined) names.set(name, one);
      }
    },
    identity: (held) => held.join(),
  });
  return names;
}

function interfacesIn(types: TypeReader, type: Addr, at: number, depth: number): InterfacePlace[] {
  const head = types.head(type);
  if (head === undefined || depth > MOST_DEPTH) return [];
  if (head.kind === 'interface') return [{ at, type }];
  if (head.kind === 'struct')
    return (types.fields(type) ?? []).flatMap((field) =>
      interfacesIn(types, field.type, at + field.offset, depth + 1),
    );
  const array = head.kind === 'array' ? types.array(type) : undefined;
  const size = array === undefined ? 0 : (types.head(array.elem)?.size ?? 0);
  if (array === undefined || size === 0) return [];
  return Array.from({ length: Math.min(array.length, MOST_ITEMS) }, (_, i) => i).flatMap((i) =>
    interfacesIn(types, array.elem, at + i * size, depth + 1),
  );
}
