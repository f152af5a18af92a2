import type { PathThen } from '../model/path_then.ts';
import type { InspectedEntry, InspectedUnit, SlotState } from './inspect.ts';

/** One slot that a look-up looks at. */
export interface PathSlot {
  readonly slot: number;
  readonly state: SlotState;
  readonly control: string;
  /** The tophash or control byte is the key's: the keys were compared. */
  readonly matches?: true;
  /** Whether the keys are equal; absent where they were not compared, or the other could not be read. */
  readonly equal?: boolean;
}

/** A bucket or group that a look-up looks at. */
export interface PathStep {
  readonly unit: InspectedUnit;
  readonly slots: readonly PathSlot[];
  readonly then: PathThen;
}

/** Where the look-up begins. */
export interface PathStart {
  /** Classic: the low bits of the hash. */
  readonly bucket?: number;
  readonly buckets?: number;
  /** Classic, while it grows: the old bucket counts until it is evacuated. */
  readonly old_bucket?: number;
  readonly old_buckets?: number;
  readonly evacuated?: boolean;
  /** Swiss, but small maps: the high bits of the hash. */
  readonly directory_entry?: number;
  readonly directory?: number;
  readonly table_address?: string;
  /** Swiss: the group in which the probe sequence begins. */
  readonly group?: number;
  readonly groups?: number;
}

/** The answer of `--key`: the way of a look-up. */
export interface KeyPathLine {
  readonly type: 'path';
  /** Go syntax. */
  readonly key: string;
  /** 16 hexadecimal digits; absent when the hash functions are not known, and for NaN. */
  readonly hash?: string;
  /** The tophash or H2 that is looked for. */
  readonly control?: string;
  readonly start?: PathStart;
  readonly steps: readonly PathStep[];
  /** Why the look-up ended: as the last step, or without any. */
  readonly end: PathThen | 'map-is-empty' | 'never-equal' | 'all-slots-compared';
  readonly found?: Omit<InspectedEntry, 'type'>;
  /** Keys on the way whose own hash was computed, and is what their slot says. */
  readonly hash_checked: number;
  /** All of the way was the same at two looks, with no write under way between them. */
  readonly consistent: boolean;
}
