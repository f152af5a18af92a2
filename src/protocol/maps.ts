import type { MapOp } from '../model/map_op.ts';
import type { Attached } from './attached.ts';
import type { CoreSubject } from './inspect.ts';
import type { Notice } from './notice.ts';
import type { ProbeKind } from './options.ts';
import type { Selection } from './selection.ts';
import type { SyncMapParts } from './sync_map.ts';

export type MapSort = 'bytes' | 'rate' | 'growth' | 'waste' | 'age';

export const MAP_SORTS: readonly MapSort[] = ['bytes', 'rate', 'growth', 'waste', 'age'];

/** A core dump in place of processes. */
export interface MapsOfCore extends CoreSubject {
  readonly type: 'core';
}

/** What `maps` is asked. */
export interface MapsOptions {
  readonly selection: Selection | MapsOfCore;
  readonly sort: MapSort;
  /** Watch operations for so long too; absent: memory alone is looked at, and no probe is set. */
  readonly observeMs?: number;
  /** How operations are noticed meanwhile; `auto` when absent. */
  readonly probe?: ProbeKind;
  /** JavaScript regular expression on type and name. Checked by the face: it compiles. */
  readonly map?: string;
  /** Maps with fewer entries are left out. */
  readonly minLen: number;
  /** So many maps of each process are listed. */
  readonly limit: number;
  /** Maps that differ by an index or a goroutine alone stand in one row: `main.shards[…].items`. */
  readonly families: boolean;
  /** Count also what keys and elements hold elsewhere. */
  readonly held: boolean;
  /** Of a processor's time, so much is spent on looking for maps, and so much on measuring them. */
  readonly patienceMs: number;
}

/** A place in the program that works on a map. */
export interface MapSite {
  readonly op: MapOp;
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  /** While it was observed. */
  readonly count: number;
  /** A second. */
  readonly rate: number;
}

/** A goroutine that wrote to a map, as far as samples tell. */
export interface MapWriter {
  readonly id: number;
  /** The function that it began with; absent when not known. */
  readonly start?: string;
  /** Writes of the sample. */
  readonly sampled: number;
}

/** What was seen of a map while it was observed. */
export interface MapObserved {
  readonly duration_ms: number;
  /** Operations of each kind. */
  readonly ops: { readonly [op in MapOp]?: number };
  /** Writes (assign, delete, clear) a second. */
  readonly rate: number;
  /** Entries more a second, from its length before and after; negative when it shrank. */
  readonly growth?: number;
  /** Times that it was made larger. */
  readonly grows: number;
  /** The busiest first. */
  readonly sites: readonly MapSite[];
  /** The busiest writers first, and how many there were at least. */
  readonly goroutines?: readonly MapWriter[];
  readonly writers?: number;
}

/** What a map is doing. */
export type MapState = 'still' | 'writing' | 'migrating';

/** A local variable that leads to a map. */
export interface MapLocal {
  readonly goroutine: number;
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
}

/** The struct that a map is a field of. */
export interface MapOwner {
  /** `shop.Cache` */
  readonly type: string;
  readonly field: string;
  /** Its field that is a mutex. */
  readonly lock?: string;
}

/** How a map came to be known: from variables, from what one of them holds, or from an operation on it. */
export type MapFound = 'memory' | 'probe';

/** Advice on a map, in short; `mapaudit advise` says it in full. */
export interface MapAdvice {
  /** Stable: `presize`, `shrink`. */
  readonly code: string;
  readonly text: string;
  /** Bytes that it would save. */
  readonly gain?: number;
}

/** Which sync.Map a map belongs to. */
export interface MapPartOf {
  /** Its address; absent of a row that stands for several maps. */
  readonly sync_map?: string;
  readonly part: 'read' | 'dirty';
}

/** One map. What is absent is not known. */
export interface ListedMap {
  readonly type: 'found_map';
  /** Absent of a core that does not tell. */
  readonly pid?: number;
  /** Its place in this list. */
  readonly id: number;
  /** Of its header; of a sync.Map, of the struct itself. Absent of a row that stands for several `maps`. */
  readonly address?: string;
  /**
   * The row stands for so many maps, and its numbers are sums: maps of one type that were made for a moment at one
   * place (only `observed` is known), and where families are asked for those that differ by an index or a goroutine.
   */
  readonly maps?: number;
  readonly kind: 'map' | 'sync.Map';
  readonly map_type?: string;
  /** An expression that leads to it: `main.cache.sessions`. Without debug information an address: `bss+0x1a20`. */
  readonly name?: string;
  readonly owner?: MapOwner;
  readonly local?: MapLocal;
  readonly found: MapFound;
  readonly layout?: 'classic' | 'swiss' | 'swiss-split';
  readonly len?: number;
  /** Slots. */
  readonly capacity?: number;
  /**
   * Of header, buckets or groups, tables, directory, and keys and elements that do not fit a slot. Of a sync.Map: of
   * its maps and what stands beside them, or of the nodes and entries of its trie.
   */
  readonly bytes?: number;
  /** What keys and elements refer to outside of the map (with `--held`). */
  readonly held_bytes?: number;
  /** Not all of that was followed: it is at least so much. */
  readonly held_at_least?: true;
  /** What a fresh map of the same content would take. */
  readonly fresh_bytes?: number;
  /** `bytes - fresh_bytes`, at least 0. */
  readonly waste?: number;
  /** Entries for each slot, 0 to 1. */
  readonly load?: number;
  /** Deleted slots of a Swiss map that searches must pass. */
  readonly tombstones?: number;
  /** Overflow buckets of a classic map; those of the array that it moves away from are not counted. */
  readonly overflow?: number;
  /** Of a sync.Map: what it is made of. */
  readonly sync_map?: SyncMapParts;
  /** It is a map of a sync.Map, whose `bytes` have it already: sums leave it out. */
  readonly part_of?: MapPartOf;
  readonly state?: MapState;
  /**
   * Of the migration under way: the share of old buckets up to which all are done, 0 to 1. Writes move the buckets
   * that they need too, wherever these are: more may be done. `inspect` counts them.
   */
  readonly migrated?: number;
  /** Nothing changed while it was measured. Otherwise its numbers may be of different moments. */
  readonly consistent?: boolean;
  /** It was not there when the observation began: it is younger than that. */
  readonly fresh?: true;
  readonly observed?: MapObserved;
  readonly advice: readonly MapAdvice[];
}

/** Something that was not looked at, and why. */
export interface NotSeen {
  /** Stable: `reads`, `maps`, `depth`, `elements`, `time`, `not-measured`, `no-debug-info`, `no-goroutines`. */
  readonly code: string;
  readonly text: string;
}

/** The end of what one process answers. */
export interface MapsReport {
  readonly type: 'maps';
  /** Absent of a core that does not tell. */
  readonly pid?: number;
  readonly name: string;
  /** They are of a core dump, in which nothing changes, read with this program. */
  readonly core?: { readonly file: string; readonly exe: string };
  readonly go_version: string;
  /** RFC 3339: when memory was looked at last. */
  readonly time: string;
  /** Since the process began. */
  readonly age_ms?: number;
  readonly sort: MapSort;
  /** Maps that were found, before any filter. */
  readonly found: number;
  /** Of these, maps that fit the filters. */
  readonly matching: number;
  /** Rows that these make, and how many of them were printed. */
  readonly rows: number;
  readonly listed: number;
  /** Entries and bytes of all maps that fit the filters. */
  readonly entries: number;
  readonly bytes: number;
  readonly waste?: number;
  /** Values of the program that were looked at. */
  readonly visited: number;
  readonly took_ms: number;
  readonly observed_ms?: number;
  readonly not_seen: readonly NotSeen[];
}

/** `attached` when something is observed; then the maps of each process in their order, and its report. */
export type MapsLine = Attached | ListedMap | MapsReport | Notice;
