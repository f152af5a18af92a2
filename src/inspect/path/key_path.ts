import type { Addr } from '../../model/addr.ts';
import type { PathThen } from '../../model/path_then.ts';
import type { MapEntry } from '../entries.ts';
import type { MapHeader } from '../map_header.ts';
import type { FoundElement } from './found_element.ts';

/** One slot that a look-up looks at. */
export interface SlotLook {
  readonly slot: number;
  /** Its tophash or control byte. */
  readonly control: number;
  /** `rest-is-empty`: classic, neither this slot nor any behind it in the chain holds anything. */
  readonly state: 'full' | 'empty' | 'rest-is-empty' | 'tombstone' | 'evacuated';
  /** The tophash or control byte is the key's, so that the keys are compared. */
  readonly matches: boolean;
  /** Whether the keys are equal; undefined where they are not compared, or the other one cannot be read. */
  readonly equal: boolean | undefined;
}

/** One bucket or group that a look-up looks at. */
export interface PathStep {
  readonly part: 'bucket' | 'overflow' | 'group';
  /** Number of the bucket, or of the group in its table. */
  readonly index: number;
  /** Classic: place in the overflow chain; 0 is the bucket itself. */
  readonly depth: number;
  /** Classic: one of the buckets that wait for evacuation. */
  readonly old: boolean;
  readonly address: Addr;
  readonly slots: readonly SlotLook[];
  readonly then: PathThen;
}

/** Where a look-up begins, as the hash says. */
export type PathStart =
  | {
      readonly kind: 'classic';
      /** Number of the bucket: the low bits of the hash. */
      readonly bucket: number;
      readonly buckets: number;
      /** A growth is under way: the old bucket counts until it is evacuated. */
      readonly old:
        { readonly bucket: number; readonly buckets: number; readonly evacuated: boolean } | undefined;
    }
  | {
      readonly kind: 'swiss';
      /** The high bits of the hash number the directory entry; undefined for a small map. */
      readonly directory: { readonly entry: number; readonly length: number } | undefined;
      readonly table: Addr | undefined;
      /** The first directory entry that leads to the table; 0 for a small map. */
      readonly first: number;
      /** The group in which the probe sequence begins: bits of h1. */
      readonly group: number;
      readonly groups: number;
    };

/** Why a look-up ended. */
export type PathEnd =
  | PathThen
  /** Nothing is looked at. */
  | 'map-is-empty'
  /** A key with a NaN in it: equal to none, not even itself. */
  | 'never-equal'
  /** The hash is not known: all slots were compared instead. */
  | 'all-slots-compared';

/** The way of a look-up to a key, or to where it is known to be absent, at one moment. */
export interface KeyPath {
  /** Go syntax of the key, as it was understood. */
  readonly key: string;
  /** As the runtime computes it; undefined when its hash functions are not known, or for NaN. */
  readonly hash: bigint | undefined;
  /** What is looked for: the tophash, or the control byte H2. */
  readonly control: number | undefined;
  readonly start: PathStart | undefined;
  /** The buckets or groups in the order of the look-up. Without a hash only that of the key. */
  readonly steps: readonly PathStep[];
  readonly end: PathEnd;
  readonly found: MapEntry | undefined;
  /** Of the key that was found; undefined also when it cannot be read. */
  readonly element: FoundElement | undefined;
  /** Keys on the way whose own hash was computed and led there: proof that the hash functions are the right ones. */
  readonly hashChecked: number;
  readonly header: MapHeader;
  /** All of the way was the same at two looks, with no write under way between them. */
  readonly consistent: boolean;
}
