import type { EventFrame, EventMap, TraceEvent } from './event.ts';

/**
 * What happened, in the runtime's own words. `grow`: a classic map gets new buckets, or a small Swiss map its
 * first table. `evacuate`: the last old bucket of a classic map was moved. `rehash`: a Swiss table is replaced by
 * one of twice the slots; `split`: by two. `prune`: tombstones of a Swiss table are made empty again. And `clear`.
 */
export type GrowthOp = 'grow' | 'evacuate' | 'rehash' | 'split' | 'prune' | 'clear';

export const GROWTH_OPS: readonly GrowthOp[] = ['grow', 'evacuate', 'rehash', 'split', 'prune', 'clear'];

/**
 * Why. `load`: too many entries. `overflow`: too many overflow buckets, which as many new buckets straighten.
 * `small-full`: a ninth entry. `tombstones`: slots that deletes left behind were a part of what filled the table.
 */
export type GrowthTrigger = 'load' | 'overflow' | 'small-full' | 'tombstones';

/** How far a classic migration is: writes move old buckets one by one. */
export interface MigrationState {
  readonly old_buckets: number;
  readonly evacuated: number;
}

/** The growth itself. What is not known is absent. */
export interface GrowthFacts {
  readonly trigger?: GrowthTrigger;
  /** Of `from` and `to`: buckets of the whole map, or slots of the table. */
  readonly unit?: 'buckets' | 'slots';
  readonly from?: number;
  readonly to?: number;
  /** Entries that were moved. A classic `grow` moves none: that is what its `evacuate` ends. */
  readonly moved?: number;
  /** From beginning to end; of `evacuate`, since the growth began. */
  readonly duration_ns?: number;
  /** Overflow buckets before; approximate from 2^16 buckets on, as the runtime's own count is. */
  readonly overflow?: number;
  /** Tombstones of the table before; of `prune`, those that were made empty. */
  readonly tombstones?: number;
  /** Entries of the directory before and after. */
  readonly directory?: { readonly from: number; readonly to: number };
  readonly migration?: MigrationState;
}

/** An event of `trace`, and what is known of the growth: `len` is before it, `caller` the insert that caused it. */
export type GrowthEvent = Omit<TraceEvent, 'op' | 'facts'> & {
  readonly op: GrowthOp;
  readonly growth?: GrowthFacts;
};

/** How far the migration of a classic map is: told once for each eighth of the way that is found done. */
export interface Migration {
  readonly type: 'migration';
  readonly time: string;
  readonly pid?: number;
  readonly map: EventMap;
  readonly len: number;
  readonly growth: GrowthFacts;
}

/** Growths of one map, or from one place. `count` leaves out `evacuate`, `prune` and `clear`. */
export interface GrowthRate {
  readonly count: number;
  readonly per_second: number;
  readonly by_op: Readonly<Partial<Record<GrowthOp, number>>>;
}

/** All growths of a run, before its summary; the busiest first. */
export interface Growths {
  readonly type: 'growths';
  readonly maps: readonly (GrowthRate & { readonly pid?: number; readonly map: EventMap })[];
  readonly sites: readonly (GrowthRate & { readonly pid?: number; readonly caller: EventFrame })[];
}
