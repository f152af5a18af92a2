import type { FormattedValue } from '../../go/value/format_value.ts';
import type { Addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { ValueLimits } from '../live_value.ts';
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

/** What is done with entries. `key` and `value` get the bytes that hold an `any`, and where in them it begins. */
export interface SyncMapVisitor<V> {
  /** Is asked before `value`. A key whose text is `truncated` is told from others by its entry. */
  readonly key: (bytes: Uint8Array, at: number) => FormattedValue;
  /** What is wanted of a value. It may be asked several times, until one answer was seen not to change. */
  readonly value: (bytes: Uint8Array, at: number) => V;
  /** Stands for values where nobody wants them: `value` is then asked of a trie alone, which has them at hand. */
  readonly unread?: V;
  readonly deliver: (entry: SyncMapEntry<V>) => void;
}

/** One key that Load finds. */
export interface SyncMapEntry<V = FormattedValue> {
  readonly key: FormattedValue;
  readonly value: V;
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
  /** Of nodes and entries, as the heap counts them. What keys and values point to is elsewhere. */
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
  /** The readOnly and the two maps; 0 where there is none. */
  readonly readOnly: Addr;
  readonly readMap: Addr;
  readonly dirtyMap: Addr;
  /** Slots of both maps that changed at every look. */
  readonly unstable: number;
}

/** How a sync.Map is made up. */
export type SyncMapTotals = TrieTotals | MapsTotals;

/** What a scan found out. */
export interface SyncMapScan {
  readonly totals: SyncMapTotals;
  /**
   * Nothing changed from the beginning to the end, as far as two reads can tell. Otherwise each entry was there
   * at some moment during the scan, and each one that was there all the time is told.
   */
  readonly consistent: boolean;
}
