/**
 * The memory that a patched program and its reader share. The numbers are those of the build hook's file where it
 * has the same things; the code that writes to it is made from this file, so there is no second copy to differ.
 */
export const HEADER = { magic: 0, every: 36, pid: 64, outside: 88, reader: 112 } as const;

/** Key plans: rows of a hash table with linear probing. */
export const PLANS = { at: 4096, rows: 512, rowBytes: 24, steps: 16 } as const;
export const PLAN = { type: 0, count: 8, kinds: 9, offsets: 12 } as const;

/** Slot goid % slots holds the goroutine whose write waits for its end; one to a cache line. */
export const OPEN = { at: PLANS.at + PLANS.rows * PLANS.rowBytes, slots: 4096, slotBytes: 64 } as const;

/** What belongs to one P, one after the other. */
export const PS_AT = OPEN.at + OPEN.slots * OPEN.slotBytes;
/** Sites that can be told apart. */
export const MAX_SITES = 64;
export const P = {
  head: 0,
  busy: 16,
  random: 24,
  tail: 64,
  hits: 128,
  dropped: 640,
  skipped: 1152,
  rest: 1664,
  ignored: 2176,
  bytes: 4096,
} as const;

/** Counters of a P, behind its words. `site` is the number plus one; 0 is a free row. The last `steps` rows are never a first choice. */
export const TABLE = { rows: 4096, rowBytes: 40, steps: 4, bytes: 41 * 4096 } as const;
export const ROW = { site: 0, type: 8, map: 16, caller: 24, count: 32 } as const;

/** How large the memory is. */
export interface SharedShape {
  /** Records a P, a power of two. */
  readonly slots: number;
  /** Bytes a record, a multiple of 64. */
  readonly stride: number;
  /** Ps that have a ring; hits on others are counted as lost. */
  readonly ps: number;
}

/** Bytes of one P: words, counters, ring. */
export const bytesOfP = ({ slots, stride }: SharedShape): number => P.bytes + TABLE.bytes + slots * stride;

export const bytesOf = (shape: SharedShape): number => PS_AT + shape.ps * bytesOfP(shape);
