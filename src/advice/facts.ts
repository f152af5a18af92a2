import type { MapFlavour } from '../model/go_version.ts';
import type { AdvisedMap } from '../protocol/advice.ts';
import type { EventFrame } from '../protocol/event.ts';

/** A key or element type. */
export interface PartFacts {
  /** `shop.ID`. */
  readonly type: string;
  /** reflect's kind: `int8`, `struct`, `interface`. */
  readonly kind?: string;
  /** In bytes. */
  readonly size?: number;
  /** The slot holds a pointer to it. */
  readonly indirect?: boolean;
  /** It holds pointers. */
  readonly pointers?: boolean;
  /** Dynamic types that were seen in it, for an interface. */
  readonly dynamicTypes?: readonly string[];
}

/** What is counted: the operations of maps, and those of sync.Map. */
export type CountedOp =
  | 'delete'
  | 'assign'
  | 'clear'
  | 'access'
  | 'iterate'
  | 'Load'
  | 'Store'
  | 'Swap'
  | 'LoadOrStore'
  | 'LoadAndDelete'
  | 'Delete'
  | 'CompareAndSwap'
  | 'CompareAndDelete'
  | 'Range'
  | 'Clear';

/** Operations of one kind from one line of the program, on this map. */
export interface SiteCount {
  readonly op: CountedOp;
  /** The program's own line, not one inside of a library that keeps maps for it. */
  readonly site: EventFrame;
  /** While it was observed. Exact. */
  readonly count: number;
  /** Of `count`: the key was there, or was not, as far as it was learnt: both may be less than `count` together. */
  readonly found?: number;
  readonly notFound?: number;
  /** The function of the runtime: `runtime.mapassign_fast64`. */
  readonly function?: string;
  /** Of reads of large elements: the code behind the call copies the element. */
  readonly copies?: boolean;
}

/** A growth of the map that was seen. */
export interface GrowthFact {
  /** As `grow` names them; only those that make or move entries: not `migrating`, `migrated`, `clear`. */
  readonly kind: 'grow' | 'same-size' | 'to-table' | 'table' | 'split' | 'prune';
  readonly trigger?: 'load' | 'overflow' | 'small-full' | 'tombstones';
  /** Buckets or slots before and after, as `unit` says. */
  readonly from?: number;
  readonly to?: number;
  readonly unit?: 'buckets' | 'slots';
  /** Entries that the map had. */
  readonly len?: number;
  /** Entries that were moved. */
  readonly moved?: number;
  readonly durationNs?: number;
  /** The insert that caused it. */
  readonly site?: EventFrame;
  /** Since the beginning of the observation. */
  readonly atSeconds?: number;
}

/** How many entries it had, at a moment since the beginning of the observation. */
export interface LenSample {
  readonly atSeconds: number;
  readonly len: number;
}

/** A loop over the map in which one line deletes. */
export interface SweepFacts {
  /** Of the delete. */
  readonly site: EventFrame;
  /** Of the loop, or the call of Range. */
  readonly loop?: EventFrame;
  /** Loops after which nothing was left, and those after which something was. */
  readonly whole: number;
  readonly partial: number;
  /** Entries that were deleted by all of them. */
  readonly deleted: number;
}

/** Keys that were put back after they were deleted. */
export interface ReturnFacts {
  /** Inserts that were looked at, and how many of these brought back a key that was deleted just before. */
  readonly inserts: number;
  readonly returned: number;
}

/** Memory of a map, read while the program ran. */
export interface MemoryFacts {
  /** Slots of all buckets or groups. */
  readonly capacity?: number;
  /** Buckets or groups, directory, overflow. Not what keys and elements point to. */
  readonly bytes?: number;
  /** What a fresh map with as many entries needs. */
  readonly freshBytes?: number;
  readonly tombstones?: number;
  /** Classic: overflow buckets in use. */
  readonly overflow?: number;
  /** Bytes of one bucket or group of 8 slots. */
  readonly unitBytes?: number;
}

/**
 * What is known of one map (or sync.Map) of one program. Everything is optional: what is not known is absent,
 * and what rests on it is then not advised. Numbers are of the time that was observed unless they say otherwise.
 */
export interface MapFacts {
  readonly kind: 'map' | 'sync.Map';
  readonly pid?: number;
  readonly map: AdvisedMap;
  readonly flavour?: MapFlavour;
  /** 26 for go1.26.8. */
  readonly goMinor?: number;
  readonly key?: PartFacts;
  readonly elem?: PartFacts;
  /** How long operations were counted. */
  readonly observedSeconds?: number;
  /** Operations were lost or sampled: counts are then lower bounds. */
  readonly incomplete?: boolean;
  /** Kinds of operations that were counted: that none was seen says something of these alone. */
  readonly counted?: readonly CountedOp[];
  readonly counts?: readonly SiteCount[];
  /** From the first look to the last. */
  readonly lens?: readonly LenSample[];
  readonly memory?: MemoryFacts;
  /** All growths since `made`, or since the beginning of the observation. */
  readonly growths?: readonly GrowthFact[];
  /** The line that made it; `seen` when that was observed, so that all of its growths are known. */
  readonly made?: { readonly site: EventFrame; readonly seen: boolean };
  readonly sweeps?: readonly SweepFacts[];
  readonly returns?: ReturnFacts;
  /** Goroutines that read it, and that wrote to it. */
  readonly readers?: number;
  readonly writers?: number;
  /** Goroutines that did anything to it. */
  readonly users?: number;
  /** A mutex in the same struct, where all functions that read the map take one. */
  readonly lock?: { readonly field: string };
}
