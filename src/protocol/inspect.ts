import type { SyncMapParts } from './sync_map.ts';
import type { MapFlavour } from '../model/go_version.ts';
import type { KeyPathLine } from './inspect_path.ts';
import type { Notice } from './notice.ts';
import type { Summary } from './summary.ts';

/** Which map `inspect` is asked about. */
export type InspectSubject =
  /** `main.cache.sessions` */
  | { readonly type: 'expr'; readonly expr: string }
  /** Of the map's header. `mapType`: name or regular expression of its type. */
  | { readonly type: 'address'; readonly address: number; readonly mapType?: string }
  /** The address or name of a found map, or a regular expression on names and types. */
  | { readonly type: 'map'; readonly map: string };

/** How much of each key and value is shown. */
export interface InspectLimits {
  /** Bytes of each string. */
  readonly text: number;
  /** Elements of each slice, entries of each inner map. */
  readonly items: number;
  /** Pointers that are followed one after the other. */
  readonly pointers: number;
}

/** `entries`: keys and values; `slots`: each slot of each bucket or group; `heat`: how full these are; `key`: the way to one key. */
export type InspectView = 'entries' | 'slots' | 'heat' | 'key';

/** A core dump. */
export interface CoreSubject {
  readonly core: string;
  /** The program's file; absent: the one that the core names. */
  readonly exe?: string;
}

/** A running process, or a core dump of one. */
export type ProgramSubject = { readonly pid: number } | CoreSubject;

export type InspectOptions = ProgramSubject & InspectQuestion;

/** What `inspect` is asked of any program. */
export interface InspectQuestion {
  readonly subject: InspectSubject;
  readonly view: InspectView;
  /** Of the view `key`: Go syntax. */
  readonly key?: string;
  /** Also measures what keys and values refer to. */
  readonly held?: true;
  /** Also says how evenly keys are spread. */
  readonly spread?: true;
  readonly limits: InspectLimits;
  /** So many entries, or buckets and groups with `slots`; absent: all. */
  readonly limit?: number;
  /** Waits in all so long for parts of the map that are being written to. */
  readonly timeoutMs: number;
}

/** A type of keys or elements. */
export interface InspectedType {
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** The slot holds a pointer to it, because it is larger than 128 bytes. */
  readonly indirect?: true;
}

/** A growth of a classic map that is under way. */
export interface InspectedGrowth {
  readonly from_buckets: number;
  readonly to_buckets: number;
  /** Old buckets whose entries have moved. */
  readonly evacuated: number;
  /** The number of buckets stays: overflow chains are packed. */
  readonly same_size?: true;
}

/** Where the bytes of a map are; each part as the heap counts it. */
export interface InspectedSizes {
  readonly header: number;
  /** Classic. */
  readonly buckets?: number;
  readonly old_buckets?: number;
  readonly overflow?: number;
  /** Swiss. */
  readonly directory?: number;
  readonly tables?: number;
  readonly groups?: number;
  /** Keys and values of more than 128 bytes. */
  readonly indirect?: number;
  /** What a new map of as many entries would take in all, on average: `make(map[K]V, len)`, or grown by inserts. */
  readonly fresh: { readonly make: number; readonly grown: number };
  /** What making it anew with `make(map[K]V, len)` would win. */
  readonly waste: number;
}

/** Memory outside of the map that its keys and values refer to, each piece counted once. */
export interface InspectedHeld {
  readonly keys: number;
  /** What keys do not refer to already. */
  readonly values: number;
  readonly total: number;
  readonly objects: number;
  /** False: there is more that was not followed. */
  readonly complete: boolean;
}

/** How evenly keys are spread over buckets, or over the groups in which searches begin. */
export interface InspectedSpread {
  readonly over: 'buckets' | 'groups';
  readonly places: number;
  readonly keys: number;
  /** Only an even part of a very large map was hashed. */
  readonly sampled?: true;
  /** In bits: of the keys, as a good hash gives it, and with as many keys everywhere. */
  readonly entropy: number;
  readonly good_entropy: number;
  readonly even_entropy: number;
  /** Chi-square against even spread; absent with few keys. `p`: how probable as much is with a good hash. */
  readonly chi_square?: {
    readonly value: number;
    readonly degrees: number;
    readonly z: number;
    readonly p: number;
  };
  /** How many places have 0, 1, 2, … keys. */
  readonly histogram: readonly number[];
  /** How many entries are found in the 1st, 2nd, … bucket or group that is looked at. */
  readonly lengths: readonly number[];
  /** Pairs in one bucket or group with the same tophash or H2, and how many chance gives. */
  readonly same_control: number;
  readonly same_control_expected: number;
  /** Keys that share their whole hash with another one; absent where keys cannot be hashed. */
  readonly same_hash?: number;
}

/** The map itself. All counts are of what was read stably. */
export interface InspectedMap {
  readonly type: 'map';
  readonly map: {
    /** An expression that leads to it; absent when it was found by its address alone. */
    readonly name?: string;
    readonly type: string;
    /** Of the header. */
    readonly address: string;
    /** Whose local variable leads to it. */
    readonly goroutine?: number;
  };
  readonly len: number;
  /** Slots without overflow buckets. */
  readonly capacity: number;
  /** What the heap takes for header, buckets, groups, tables, directory, and keys and values outside of their slots; not for what these refer to. */
  readonly bytes: number;
  /** Absent when it could not be measured any more. */
  readonly sizes?: InspectedSizes;
  readonly held?: InspectedHeld;
  /** Absent too for what has one bucket or group only, and where keys cannot be hashed. */
  readonly spread?: InspectedSpread;
  readonly layout: MapFlavour;
  /** Nothing changed between the first and the last read: the counts are those of one moment. */
  readonly consistent: boolean;
  /** From a core dump, in which nothing changes. Not consistent, it holds half a write, or a part was cut off. */
  readonly core?: true;
  readonly key: InspectedType;
  readonly elem: InspectedType;
  readonly slots: {
    readonly full: number;
    readonly empty: number;
    /** Swiss: deleted slots that searches must pass. */
    readonly tombstones?: number;
  };
  /** Classic. */
  readonly buckets?: {
    readonly count: number;
    readonly overflow: number;
    /** Overflow buckets behind one another, at most. */
    readonly longest_chain: number;
    readonly growing?: InspectedGrowth;
  };
  /** Swiss. */
  readonly groups?: {
    readonly count: number;
    /** 0: a small map, of one group without a table. */
    readonly tables: number;
    readonly directory: number;
  };
  /** Buckets or groups that changed at every look; what is in them is not counted. */
  readonly unstable?: number;
  /** A write was under way at the first look. */
  readonly writing?: true;
}

/** A sync.Map. It is made up of a trie (from Go 1.24 on), or of two maps. */
export interface InspectedSyncMap extends SyncMapParts {
  readonly type: 'sync_map';
  readonly map: { readonly name?: string; readonly type: string; readonly address: string };
  /** Keys that Load finds: nobody counts them but this answer. */
  readonly len: number;
  /** Of all that it is made of, as the heap counts it, without what keys and values point to. */
  readonly bytes?: number;
  readonly held?: InspectedHeld;
  /** The key that was looked for, and whether Load finds it. */
  readonly key?: { readonly text: string; readonly found: boolean };
  readonly consistent: boolean;
  /** Parts that changed at every look. */
  readonly unstable?: number;
}

/** Where an entry of a sync.Map is. */
export type InspectedSyncPlace =
  | {
      readonly part: 'trie';
      readonly depth: number;
      readonly slot: number;
      /** Entries of the same hash before it. */
      readonly overflow: number;
      readonly address: string;
    }
  | { readonly part: 'read' | 'dirty'; readonly address: string };

/** A key or value in Go syntax. */
export interface InspectedValue {
  readonly text: string;
  /** A limit cut it. */
  readonly truncated?: true;
  /** Some memory that it refers to could not be read. */
  readonly unreadable?: true;
}

/** A bucket or group. */
export interface InspectedUnit {
  readonly part: 'bucket' | 'overflow' | 'group';
  /** Number of the bucket, or of the group within its table. */
  readonly index: number;
  /** Swiss: number of the first directory entry that leads to the table. */
  readonly table?: number;
  /** Classic: which overflow bucket of the chain, from 1 on. */
  readonly depth?: number;
  /** Classic: it waits for evacuation. */
  readonly old?: true;
  readonly address: string;
}

/** Where an entry is. */
export interface InspectedPlace extends InspectedUnit {
  readonly slot: number;
  /** The slot's tophash or control byte: `0x3f`. */
  readonly control: string;
}

export interface InspectedEntry {
  readonly type: 'entry';
  readonly key: InspectedValue;
  readonly value: InspectedValue;
  readonly slot: InspectedPlace | InspectedSyncPlace;
}

/** `empty-rest`: no slot of the chain behind it holds anything, so that searches end there (classic). */
export type SlotState = 'full' | 'empty' | 'empty-rest' | 'tombstone' | 'evacuated';

/** One slot of `--slots`. */
export interface InspectedSlot {
  readonly slot: number;
  readonly state: SlotState;
  readonly control: string;
  /** Of a full slot. */
  readonly key?: InspectedValue;
  readonly value?: InspectedValue;
}

/** A bucket or group of `--slots`. */
export interface InspectedSlots {
  readonly type: 'slots';
  readonly unit: InspectedUnit;
  readonly slots: readonly InspectedSlot[];
}

/** One or more buckets or groups that lie beside each other. */
export interface HeatCell {
  /** Number of the first: buckets are counted from 0, groups through all tables. */
  readonly first: number;
  /** How many. */
  readonly units: number;
  /** Entries, those in overflow buckets included. */
  readonly full: number;
  readonly tombstones?: number;
  /** The longest chain of overflow buckets. */
  readonly overflow?: number;
  /** Old buckets: how many are evacuated. */
  readonly evacuated?: number;
  /** How many could not be read stably. */
  readonly unstable?: number;
}

/** The picture of `--heat`: the buckets, the old buckets, or the groups of a map. */
export interface Heat {
  readonly type: 'heat';
  readonly part: 'bucket' | 'old-bucket' | 'group';
  readonly units: number;
  readonly units_per_cell: number;
  readonly cells: readonly HeatCell[];
}

/** How well the map was read; stands in the summary. */
export interface Inspected {
  /** Entries that were printed, or with `--heat` counted. */
  readonly entries: number;
  /** Entries that the limit, the end of time or Ctrl-C left out, by the map's last length; absent when that is not known. */
  readonly left?: number;
  /** What was printed is the map as it was at one moment. */
  readonly consistent: boolean;
  /** It is from a core dump. */
  readonly core?: true;
  /** Buckets or groups that changed at every look: what is in them is not known. */
  readonly unstable: number;
  /** Parts that were read again because the map grew or moved meanwhile. */
  readonly restarts: number;
  /** Entries of which a part could not be read. */
  readonly unreadable: number;
  /** The time to wait for writers was used up: what did not hold still at once is among `unstable`. */
  readonly timed_out?: true;
}

/** `map` (or `sync_map`) first, `summary` last and always. */
export type InspectLine =
  InspectedMap | InspectedSyncMap | InspectedEntry | InspectedSlots | Heat | KeyPathLine | Notice | Summary;
