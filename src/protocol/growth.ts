import type { EventFrame, EventGoroutine, EventMap } from './event.ts';

/**
 * What happened. Classic maps: `grow` (twice the buckets), `same-size` (as many, to straighten overflow chains),
 * `migrating` and `migrated` (the work of either, which later writes do). Swiss maps: `to-table` (a small map gets
 * its first table), `table` (a table of twice the slots), `split` (a full table becomes two), `prune` (tombstones
 * are made empty again). Both: `clear`.
 */
export type GrowthKind =
  'grow' | 'same-size' | 'migrating' | 'migrated' | 'to-table' | 'table' | 'split' | 'prune' | 'clear';

export const GROWTH_KINDS: readonly GrowthKind[] = [
  'grow',
  'same-size',
  'migrating',
  'migrated',
  'to-table',
  'table',
  'split',
  'prune',
  'clear',
];

/** Why: too many entries, too many overflow buckets, a small map that is full, or slots that deletes left behind. */
export type GrowthTrigger = 'load' | 'overflow' | 'small-full' | 'tombstones';

/** One growth, or a step of one. What is not known is absent. */
export interface Growth {
  readonly type: 'growth';
  /** When it began; of `migrated`, when it ended. */
  readonly time: string;
  readonly pid?: number;
  readonly kind: GrowthKind;
  readonly trigger?: GrowthTrigger;
  readonly map: EventMap;
  /** Of `from` and `to`: buckets of the whole map, or slots of the table. */
  readonly unit?: 'buckets' | 'slots';
  readonly from?: number;
  readonly to?: number;
  /** Entries in the map before. */
  readonly len?: number;
  /** Entries that were moved (Swiss maps: all of the table's). */
  readonly moved?: number;
  readonly duration_ns?: number;
  /** Overflow buckets before. */
  readonly overflow?: number;
  /** Tombstones of the table before; of `prune`, those that were made empty. */
  readonly tombstones?: number;
  /** Entries of the directory before, and after a split. */
  readonly directory?: { readonly from: number; readonly to: number };
  /** How far a classic migration is. */
  readonly migration?: { readonly old_buckets: number; readonly evacuated: number };
  readonly goroutine?: EventGoroutine;
  readonly thread?: number;
  /** The program's own line: the insert that caused it, or the write that ended a migration. */
  readonly caller?: EventFrame;
  /** Innermost first, the caller included; only where frames were asked for. */
  readonly stack?: readonly EventFrame[];
}

/** Growths of one map, or from one place. `count` leaves out steps of migrations and clears. */
export interface GrowthRate {
  readonly count: number;
  readonly per_second: number;
  readonly kinds: Readonly<Partial<Record<GrowthKind, number>>>;
}

/** All growths of a run, before its summary; the busiest first. */
export interface Growths {
  readonly type: 'growths';
  readonly maps: readonly (GrowthRate & { readonly pid?: number; readonly map: EventMap })[];
  readonly sites: readonly (GrowthRate & { readonly pid?: number; readonly caller: EventFrame })[];
}
