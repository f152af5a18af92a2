import type { MapFlavour } from '../model/go_version.ts';
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

/** `entries`: keys and values; `slots`: each slot of each bucket or group; `heat`: how full these are. */
export type InspectView = 'entries' | 'slots' | 'heat';

export interface InspectOptions {
  readonly pid: number;
  readonly subject: InspectSubject;
  readonly view: InspectView;
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
  /** Of header, buckets, groups, tables and directory; not of what keys and values refer to. */
  readonly bytes: number;
  readonly layout: MapFlavour;
  /** Nothing changed between the first and the last read: the counts are those of one moment. */
  readonly consistent: boolean;
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
  readonly slot: InspectedPlace;
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
  /** Entries that the limit, the end of time or Ctrl-C left out; absent when that is not known. */
  readonly left?: number;
  /** What was printed is the map as it was at one moment. */
  readonly consistent: boolean;
  /** Buckets or groups that changed at every look: what is in them is not known. */
  readonly unstable: number;
  /** Parts that were read again because the map grew or moved meanwhile. */
  readonly restarts: number;
  /** Entries of which a part could not be read. */
  readonly unreadable: number;
  /** The time to wait for writers was used up: what did not hold still at once is among `unstable`. */
  readonly timed_out?: true;
}

/** `map` first, `summary` last and always. */
export type InspectLine = InspectedMap | InspectedEntry | InspectedSlots | Heat | Notice | Summary;
