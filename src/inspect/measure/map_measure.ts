import type { MapHeader } from '../map_header.ts';
import type { HeldBytes } from './held.ts';
import type { Spread } from './spread.ts';

/** Bytes of a map, as the heap counts them: each part rounded up to what the allocator hands out. */
export interface MapBytes {
  readonly header: number;
  /** Classic: the array of buckets, with the overflow buckets that were made along with it. */
  readonly buckets: number;
  /** Classic: the array before the growth that is under way. */
  readonly oldBuckets: number;
  /** Classic: overflow buckets made one by one, and the lists that keep those without pointers alive. */
  readonly overflow: number;
  /** Swiss. */
  readonly directory: number;
  readonly tables: number;
  readonly groups: number;
  /** Keys and elements of more than 128 bytes, which slots only point to. */
  readonly indirect: number;
  readonly total: number;
}

/** What a new map with the same entries would take in all, header and indirect keys and elements included. */
export interface FreshBytes {
  /** Made with `make(map[K]V, len)` and filled. */
  readonly make: number;
  /** Made empty and filled by inserts. */
  readonly grown: number;
}

/** How large a map is, what of that is used, and what a new map of the same content would need. */
export interface MapMeasure {
  /** The header when it was measured. */
  readonly header: MapHeader;
  readonly bytes: MapBytes;
  /** len(). */
  readonly entries: number;
  /** Slots of the present buckets or groups; without overflow buckets. */
  readonly capacity: number;
  /** Entries for each slot of the capacity; a classic map grows at 6.5 of 8, a Swiss table at 7 of 8. */
  readonly load: number;
  /** Swiss: deleted slots that searches must pass. */
  readonly tombstones: number | undefined;
  /** Classic: overflow buckets in use, and the longest chain of them; the latter only where slots were looked at. */
  readonly overflow: { readonly buckets: number; readonly longestChain: number | undefined } | undefined;
  /** Swiss. */
  readonly tables: number | undefined;
  /** On average: hashes are drawn anew with each map. */
  readonly fresh: FreshBytes;
  /** What would be won by making it anew with `make(map[K]V, len)`; never below 0. */
  readonly waste: number;
  /** Where asked for: what keys and elements refer to. */
  readonly held: HeldBytes | undefined;
  /** Where asked for: how evenly keys lie. Undefined for what has one bucket or group. */
  readonly spread: Spread | undefined;
  /** Nothing changed while it was measured. */
  readonly consistent: boolean;
}
