import type { FormattedValue } from '../../go/value/format_value.ts';
import type { Addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { LiveMemory, ValueLimits } from '../live_value.ts';
import type { SyncMapLayout } from './layout.ts';

/** A sync.Map in someone's memory. */
export interface SyncMapPlace {
  readonly memory: ByteSource;
  readonly types: TypeReader;
  readonly layout: SyncMapLayout;
  /** Where the sync.Map itself is. */
  readonly address: Addr;
  /** Descriptor of `map[any]*entry`, for a sync.Map over maps; undefined when the program has none. */
  readonly inner: Addr | undefined;
  /** What `sync.expunged` holds; undefined when the program has no symbols. */
  readonly expunged: Addr | undefined;
  readonly limits: ValueLimits;
  /** Waits for about a millisecond, while a change is under way. */
  readonly pause: () => boolean;
}

/** How values are written, and how keys, whose pointers stay addresses. */
export interface SyncMapWriting {
  readonly live: LiveMemory;
  readonly keys: LiveMemory;
}

/** One key that Load finds. */
export interface SyncMapEntry {
  readonly key: FormattedValue;
  readonly value: FormattedValue;
  readonly slot: TrieSlot | MapsSlot;
}

/** Where an entry of a trie is. */
export interface TrieSlot {
  readonly part: 'trie';
  /** Inner nodes above it, the root included; four bits of the hash each. */
  readonly depth: number;
  /** Its place in its node. */
  readonly slot: number;
  /** Entries of the same hash before it. */
  readonly overflow: number;
  readonly address: Addr;
}

/** Which of the two maps leads to an entry; both can. */
export interface MapsSlot {
  readonly part: 'read' | 'dirty';
  readonly address: Addr;
}

/** How a trie is made up. */
export interface TrieTotals {
  readonly kind: 'trie';
  readonly entries: number;
  /** Inner nodes. */
  readonly nodes: number;
  /** Entries by the number of nodes above them: index 1 is the root alone. */
  readonly depths: readonly number[];
  /** Entries whose hash another entry has too, and the longest chain of such. */
  readonly collisions: number;
  readonly longestChain: number;
  /** Of nodes and entries. Keys and values are elsewhere. */
  readonly bytes: number;
  /** Nodes that changed at every look: what is in them is not known. */
  readonly unstable: number;
}

/** How the two maps are filled. */
export interface MapsTotals {
  readonly kind: 'maps';
  readonly entries: number;
  /** Keys of the map that is read without a lock, and of the one with what was added since (0: there is none). */
  readonly read: number;
  readonly dirty: number;
  /** The second map has keys that the first one has not. */
  readonly amended: boolean;
  /** Look-ups that had to go to the second map; as many as it has keys make it the first one. */
  readonly misses: number;
  /** Keys of the first map that were deleted, and stay in it until it is replaced. */
  readonly deleted: number;
  /** Of these, those that the second map no longer has. */
  readonly expunged: number;
  /** Slots of both maps that changed at every look. */
  readonly unstable: number;
}

/** What a scan found out. */
export interface SyncMapScan {
  readonly totals: TrieTotals | MapsTotals;
  /**
   * Nothing changed from the beginning to the end, as far as two reads can tell. Otherwise each entry was there
   * at some moment during the scan, and each one that was there all the time is told.
   */
  readonly consistent: boolean;
}
