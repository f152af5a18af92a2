import type { Addr } from '../model/addr.ts';
import type { MapType, SlotLayout } from '../go/types/go_type.ts';

/** Slots of a bucket or group. */
export const SLOTS = 8;

/** Where a slot is. One object is used for all slots: copy what is to be kept. */
export interface SlotPlace {
  /** `bucket` and `overflow` of a classic map, `group` of a Swiss one. */
  readonly part: 'bucket' | 'overflow' | 'group';
  /** Number of the bucket, or of the group within its table. */
  readonly index: number;
  /** Swiss: first directory entry of the table; 0 for a small map. */
  readonly table: number;
  /** Classic: how many overflow buckets come before this one in the chain, itself included. */
  readonly depth: number;
  /** Classic: the bucket is one of those that wait for evacuation. */
  readonly old: boolean;
  readonly slot: number;
  /** The slot's tophash or control byte. */
  readonly control: number;
  /** Of the bucket or group. */
  readonly address: Addr;
}

/** Where a bucket or group is; see SlotPlace. */
export type UnitPlace = Omit<SlotPlace, 'slot' | 'control'>;

/** How the units of one map type lie: a unit is a bucket or a group. */
export interface UnitShape {
  readonly kind: SlotLayout['kind'];
  readonly bytes: number;
  readonly keysAt: number;
  readonly keyStride: number;
  readonly elemsAt: number;
  readonly elemStride: number;
}

/** Tophash values below this are marks. go1.23.12 src/runtime/map.go, minTopHash. */
export const MIN_TOP_HASH = 5;
/** evacuatedX, evacuatedY, evacuatedEmpty. */
export const isEvacuated = (tophash: number): boolean => tophash >= 2 && tophash < MIN_TOP_HASH;
/** A control byte of a slot that was deleted from and must not end a search. go1.26.8 src/internal/runtime/maps/group.go, ctrlDeleted. */
export const TOMBSTONE = 0xfe;

/** The shape that a type's descriptor tells. */
export function unitShape({ layout }: MapType): UnitShape {
  if (layout.kind === 'classic') {
    const keysAt = SLOTS;
    return {
      kind: 'classic',
      bytes: layout.bucketSize,
      keysAt,
      keyStride: layout.keySlot,
      elemsAt: keysAt + SLOTS * layout.keySlot,
      elemStride: layout.elemSlot,
    };
  }
  return {
    kind: 'swiss',
    bytes: layout.groupSize,
    keysAt: layout.keysOffset,
    keyStride: layout.keyStride,
    elemsAt: layout.elemsOffset,
    elemStride: layout.elemStride,
  };
}

/** Whether a tophash or control byte stands for an entry. */
export const isFull = (kind: UnitShape['kind'], control: number): boolean =>
  kind === 'classic' ? control >= MIN_TOP_HASH : control < 0x80;
