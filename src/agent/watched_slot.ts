import type { MapType } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { insertPlaces } from '../inspect/path/insert_places.ts';
import type { KeyPath } from '../inspect/path/key_path.ts';
import { labelOf, type Leaf, leavesIn, textOf } from '../inspect/path/leaves.ts';
import { type SlotPart, slotParts } from '../inspect/path/slot_parts.ts';
import {
  type RangeChoice,
  unwatchedOf,
  type WatchedRange,
  watchedOf,
  watchedRanges,
} from '../inspect/path/watch_ranges.ts';
import { unitShape } from '../inspect/slots.ts';
import { type Addr, addr, hex } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { Place } from '../probe/watch/place.ts';
import type { WatchedPart, WatchPart } from '../protocol/watch.ts';

const WORD = 8;

/** What a watched place means for the key. */
export type Meaning =
  | {
      readonly kind: 'part';
      readonly part: WatchPart;
      readonly offset: number;
      readonly text: (bytes: Uint8Array) => string | undefined;
      /** The place is one of the two words of the string that lies here. */
      readonly string?: Addr;
    }
  /** The key is away: an insert would write its tophash or control byte here. */
  | { readonly kind: 'controls'; readonly control: number }
  | { readonly kind: 'growth' };

export interface MeantPlace extends Place {
  readonly label: string;
  readonly meaning: Meaning;
}

/** What is watched while the key is where `path` says. */
export interface SlotPlaces {
  readonly places: readonly MeantPlace[];
  readonly parts: readonly WatchedPart[];
}

/** The places of a key that is in the map. Errors: those of `watchedRanges`. */
export function presentPlaces(
  slot: NonNullable<KeyPath['found']>['slot'],
  type: MapType,
  types: TypeReader,
  memory: ByteSource,
  choice: RangeChoice,
): SlotPlaces {
  const parts = slotParts(type, types, memory, slot);
  const ranges = watchedRanges(parts, types.head(type.elem)?.kind, choice);
  return {
    places: ranges.map((range) => partPlace(range, types)),
    parts: parts.map((part) => watchedPart(part, ranges)),
  };
}

/** The places of a key that is not. */
export function absentPlaces(path: KeyPath, header: Addr, type: MapType): SlotPlaces {
  const places = insertPlaces(path, header, unitShape(type)).map((place): MeantPlace => ({
    address: place.address,
    length: 8,
    label: place.label,
    meaning: place.kind === 'controls' ? { kind: 'controls', control: place.control } : { kind: 'growth' },
  }));
  return { places, parts: [] };
}

function partPlace({ part, from, length }: WatchedRange, types: TypeReader): MeantPlace {
  const range = { from, to: from + length };
  const leaves: readonly Leaf[] | undefined = leavesIn(part.content, part.label, range, types);
  const stringAt = leaves?.length === 1 && length === WORD ? leaves[0]?.stringAt : undefined;
  return {
    address: addr(part.address + from),
    length,
    label: labelOf(leaves, part.label, range),
    meaning: {
      kind: 'part',
      part: part.part,
      offset: from,
      text: (bytes) => textOf(leaves, range, bytes),
      ...(stringAt === undefined ? {} : { string: addr(part.address + stringAt) }),
    },
  };
}

const watchedPart = (part: SlotPart, ranges: readonly WatchedRange[]): WatchedPart => ({
  part: part.part,
  label: part.label,
  address: hex(part.address),
  size: part.size,
  watched: watchedOf(part, ranges),
  unwatched: unwatchedOf(part, ranges),
});
