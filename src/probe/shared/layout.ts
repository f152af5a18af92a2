/**
 * What the memory that a program shares with its reader has under the build hook and under the inline probe alike.
 * The hook has the same numbers in go/hook/core.go.txt; the inline probe's code is made from them.
 */

/** How large the rings are. */
export interface SharedShape {
  /** Records a P, a power of two. */
  readonly slots: number;
  /** Bytes a record, a multiple of 64. */
  readonly stride: number;
  /** Ps that have a ring; hits on others are counted as lost. */
  readonly ps: number;
}

/** Words of the header: one record in so many; hits on Ps without a ring; the pid of the reader. */
export const SHARED_HEADER = { magic: 0, every: 36, pid: 64, reader: 112 } as const;

/** Key plans: rows of a hash table with linear probing. */
export const PLANS = { at: 4096, rows: 512, rowBytes: 24, steps: 16 } as const;
export const PLAN = { type: 0, count: 8, kinds: 9, offsets: 12 } as const;

/** Words of a P: numbers of the ring, then for each site how often what has happened. */
export const SHARED_P = {
  head: 0,
  busy: 16,
  tail: 64,
  hits: 128,
  dropped: 640,
  skipped: 1152,
  rest: 1664,
  bytes: 4096,
} as const;

/** Sites that can be told apart. */
export const MAX_SITES = 64;

/**
 * Counters of a P, behind its words. `site` is the number plus one; 0 is a free row, and none is ever freed. Behind
 * those of single maps are some for all maps together that found no room, by type and caller.
 */
export const TABLE = { rows: 4096, together: 512, rowBytes: 40 } as const;
export const ROW = { site: 0, type: 8, map: 16, caller: 24, count: 32 } as const;
