import type { MapType } from '../go/types/go_type.ts';
import type { Addr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import { type OutsideSum, outsideOf } from './outside.ts';
import { HEADER_BYTES, type MapHeader, parseHeader } from './map_header.ts';
import { type SlotPlace, type UnitPlace, unitShape, type UnitShape } from './slots.ts';

/** A map in someone's memory. */
export interface MapPlace {
  readonly memory: ByteSource;
  readonly type: MapType;
  readonly address: Addr;
  /** Waits for about a millisecond, while a write is under way. False: there is no more time to wait. */
  readonly pause: () => boolean;
  /**
   * What slots only point to is read twice too, and waited for. Without it nothing is said of keys and elements of
   * more than 128 bytes: enough for sizes, which they have no part in.
   */
  readonly whole?: true;
}

/** What a scan does with slots. */
export interface SlotVisitor<T> {
  /**
   * Looks at a full slot; `block` holds the key at `key` and the element at `elem`. What it gives is
   * delivered only if the slot stayed the same while this ran.
   */
  readonly read: (block: Uint8Array, key: number, elem: number, place: SlotPlace) => T;
  readonly deliver: (entry: T) => void;
  /** Takes whole buckets and groups, those of one part in order. With it `deliver` is not called. */
  readonly unit?: (unit: SeenUnit<T>) => void;
  /**
   * A text that is the same for the same key. A key that was deleted and put back into another slot meanwhile
   * is then told once, as it was last seen. Absent where nobody minds.
   */
  readonly identity?: (entry: T) => string;
}

/** A bucket or group that was read stably. */
export interface SeenUnit<T> {
  readonly place: UnitPlace;
  /** Its 8 tophashes or control bytes. */
  readonly controls: Uint8Array;
  /** What its full slots were read as, in their order. */
  readonly entries: readonly T[];
}

/** What was seen of a map's memory, slot by slot. All are of slots that were read stably. */
export interface ScanTotals {
  /** Told, or without a visitor seen. */
  entries: number;
  /** Slots that never held an entry, or whose deletion left no trace. */
  empty: number;
  /** Swiss: deleted slots that searches must pass. */
  tombstones: number;
  /** Buckets or groups. */
  units: number;
  /** Classic: overflow buckets among them, and the longest chain of them. */
  overflow: number;
  longestChain: number;
  /** Classic: old buckets that still wait for evacuation, of how many. */
  oldLeft: number;
  oldBuckets: number;
  /** Swiss. */
  tables: number;
  /** Entries by number of units that hold so many: index 0 to 8. */
  readonly fill: number[];
  /** Units that changed at every look: what is in them is not known. */
  unstable: number;
  /** A checksum of all bytes that were read, whatever their order: equal when the same was read. */
  digest: number;
  /** How often the map's structure changed under the scan, so that parts were read again. */
  restarts: number;
}

export const noTotals = (): ScanTotals => ({
  entries: 0,
  empty: 0,
  tombstones: 0,
  units: 0,
  overflow: 0,
  longestChain: 0,
  oldLeft: 0,
  oldBuckets: 0,
  tables: 0,
  fill: new Array<number>(9).fill(0),
  unstable: 0,
  digest: 0,
  restarts: 0,
});

/** What both kinds of scan need. */
export interface ScanContext<T> {
  readonly place: MapPlace;
  readonly shape: UnitShape;
  readonly visitor: SlotVisitor<T> | undefined;
  readonly totals: ScanTotals;
  /** The header now; undefined when it cannot be read, or is none. */
  readonly header: () => MapHeader | undefined;
  /** Where keys or elements lie outside of their slots, and are looked at. */
  readonly outside: OutsideSum | undefined;
}

export function scanContext<T>(place: MapPlace, visitor: SlotVisitor<T> | undefined): ScanContext<T> {
  const shape = unitShape(place.type);
  return {
    place,
    shape,
    visitor,
    totals: noTotals(),
    outside: place.whole === true ? outsideOf(place, shape) : undefined,
    header: () => {
      const bytes = place.memory.read(place.address, HEADER_BYTES);
      return bytes === undefined ? undefined : parseHeader(bytes, shape.kind);
    },
  };
}
