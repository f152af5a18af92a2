import { view } from '../../binary/elf/bounded_reader.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import { runtimeType } from '../../go/debug/runtime_type.ts';
import { addr } from '../../model/addr.ts';
import type { LiveMemory } from '../live_value.ts';
import { type Place, placeAt, placeOfBytes } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { anyValue, UNWRITTEN } from '../sync_map/any_value.ts';
import type { SyncMapPlace } from '../sync_map/scan.ts';
import { readHead } from '../sync_map/scan_maps.ts';
import { syncMapPlace, visitSyncMap } from '../sync_map/scan_sync_map.ts';
import { type FoundMap, KEY_LIMITS, type MapValue } from './found_map.ts';

/** Ends a scan before its time. */
class Enough extends Error {}

/** Which values are wanted, and how many are looked at. */
interface Wish {
  readonly most: number;
  readonly pause: () => boolean;
  readonly wanted: (type: GoType) => boolean;
}

/**
 * What a sync.Map leads to: the maps that it is made of, where it is, and what its values hold; `most` of them are
 * looked at, those that are read first.
 */
export function valuesOfSyncMap(program: Program, { header }: FoundMap, wish: Wish): readonly MapValue[] {
  const place = syncMapPlace(program, header, { limits: KEY_LIMITS, pause: wish.pause });
  return [...innerMaps(place), ...values(program, place, wish)];
}

/** The values as they are seen, and in the end those that were seen not to change. */
function values(program: Program, place: SyncMapPlace, { most, wanted }: Wish): readonly MapValue[] {
  const { memory, types } = program;
  const live: LiveMemory = { memory, types, limits: KEY_LIMITS, innerMap: () => undefined };
  const seen: MapValue[] = [];
  const sure: MapValue[] = [];
  let key = (): string => UNWRITTEN.text;
  let read = 0;
  try {
    visitSyncMap<MapValue | undefined>(place, {
      key: (bytes, at) => {
        key = () => anyValue(live, bytes, at).text;
        return UNWRITTEN;
      },
      value: (bytes, at) => {
        if (read++ >= most) throw new Enough();
        const value = valueIn(program, bytes, at, wanted);
        if (value === undefined) return undefined;
        const one = { path: `[${key()}].(${value.type.name})`, value };
        seen.push(one);
        return one;
      },
      deliver: ({ value }) => {
        if (value !== undefined) sure.push(value);
      },
    });
    return sure;
  } catch (error) {
    if (error instanceof Enough) return seen;
    throw error;
  }
}

/** What an `any` holds; undefined for nil, and for what is not wanted. */
function valueIn(
  { types, memory }: Program,
  bytes: Uint8Array,
  at: number,
  wanted: Wish['wanted'],
): Place | undefined {
  const words = view(bytes);
  const descriptor = addr(Number(words.getBigUint64(at, true)));
  const type = descriptor === 0 ? undefined : runtimeType(types, descriptor);
  if (type === undefined || !wanted(type)) return undefined;
  return types.head(descriptor)?.direct === true
    ? placeOfBytes(bytes.slice(at + 8, at + 16), type)
    : placeAt(memory, addr(Number(words.getBigUint64(at + 8, true))), type);
}

/** The two maps of a sync.Map over maps, as it has them at this moment. */
function innerMaps(place: SyncMapPlace): readonly MapValue[] {
  const { layout, types, inner } = place;
  const type = inner === undefined ? undefined : runtimeType(types, inner);
  const head = layout.kind === 'maps' ? readHead(place, layout) : undefined;
  if (type === undefined || head === undefined) return [];
  const parts = [
    { which: 'read', header: head.m },
    { which: 'dirty', header: head.dirty },
  ] as const;
  return parts.flatMap(({ which, header }): MapValue[] => {
    const word = new Uint8Array(8);
    view(word).setBigUint64(0, BigInt(header), true);
    const part = { syncMap: place.address, which };
    return header === 0 ? [] : [{ path: `.${which}`, value: placeOfBytes(word, type), part }];
  });
}
