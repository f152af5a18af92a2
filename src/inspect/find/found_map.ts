import type { GoType } from '../../go/debug/go_type.ts';
import type { Addr } from '../../model/addr.ts';
import type { Place } from '../place/place.ts';

/** The struct that a map is a field of: what a concurrent map made of a plain one and a lock is called by. */
export interface Owner {
  /** `shop.Cache`. */
  readonly type: string;
  readonly field: string;
  /** The field that is a sync.Mutex or sync.RWMutex, if the struct has one. */
  /** Its first field that is a mutex; whether it guards the map is not known. */
  readonly lock: string | undefined;
}

/** The call that a local variable belongs to. */
export interface OnStack {
  readonly goroutine: number;
  /** The function that declares the variable, also when it was inlined. */
  readonly function: string;
  readonly file?: string;
  /** The line that the function has reached. */
  readonly line?: number;
}

/** A map that was found in a program's memory. */
export interface FoundMap {
  /** `sync.Map` is no map of the runtime: its insides are for those who know them. */
  readonly kind: 'map' | 'sync.Map';
  /**
   * An expression that leads to it; without debug information the address that it was reached from. What a function
   * has captured stands in braces behind it (`main.next{seen}`), which no expression can say.
   */
  readonly name: string;
  /** Where the map's header is; of a sync.Map, where it is itself. */
  readonly header: Addr;
  readonly type: GoType;
  /** The variable, field or element that holds it. */
  readonly holder: Place;
  readonly owner: Owner | undefined;
  /** For one of the maps that a sync.Map is made of: which one. Its `name` is that of the sync.Map and this. */
  readonly part?: SyncMapPart | undefined;
  /** For what only a local variable leads to: whose it is. `name` then begins with that variable. */
  readonly where: OnStack | undefined;
}

/** Why the search has not seen everything. */
export type Cut = 'reads' | 'maps' | 'depth' | 'elements' | 'time';

/** What a search has found, each map once, under its shortest name. */
export interface FoundMaps {
  readonly maps: readonly FoundMap[];
  /** Limits that were met; empty: everything that could be reached was seen. */
  readonly cuts: readonly Cut[];
  /** Package variables of a map type that lead to what no map can be. */
  readonly damaged?: readonly string[];
  /** Values that were looked at. */
  readonly visited: number;
}

/** How far a search goes. */
export interface FindLimits {
  /** Reads of memory. */
  readonly reads: number;
  readonly maps: number;
  /** Pointers, slices, interfaces and maps from the variable to the map. */
  readonly depth: number;
  /** Elements of one slice, array or map. */
  readonly elements: number;
}

export const FIND_LIMITS: FindLimits = { reads: 200_000, maps: 20_000, depth: 12, elements: 256 };

/** Longer texts of keys are cut: such a name is for reading, and no expression. */
export const KEY_LIMITS = { text: 64, items: 4, pointers: 0 };

/** A sync.Map of before Go 1.24 has two maps: one that is read without a lock, and one with what was added since. */
export interface SyncMapPart {
  /** Where the sync.Map is. */
  readonly syncMap: Addr;
  readonly which: 'read' | 'dirty';
}

/** What a map holds. */
export interface MapValue {
  /** What follows the map's name in the value's: `["key"]`, and for a sync.Map `["key"].(map[string]int)`. */
  readonly path: string;
  readonly value: Place;
  /** It is a map that the sync.Map is made of: what it holds, the sync.Map holds. */
  readonly part?: SyncMapPart;
}

/**
 * Gives values of a map or sync.Map, as many as the limits allow; of an `any` those of a type that leads to maps, for
 * which `wanted` is asked.
 */
export type MapValues = (map: FoundMap, wanted: (type: GoType) => boolean) => Iterable<MapValue>;
