import { PLANS, SHARED_HEADER, SHARED_P, type SharedShape, TABLE } from '../shared/layout.ts';

/**
 * The memory that a patched program and its reader share. The code that writes to it is made from this file, so there
 * is no second copy to differ.
 */
export const HEADER = {
  ...SHARED_HEADER,
  /** For each site: hits on Ps without a ring, that is beyond those that there were room for at the attachment. */
  outsideOf: 1024,
} as const;

/** Slot goid % slots holds the goroutine whose write waits for its end; one to a cache line. */
export const OPEN = { at: PLANS.at + PLANS.rows * PLANS.rowBytes, slots: 4096, slotBytes: 64 } as const;

/** What belongs to one P, one after the other. */
export const PS_AT = OPEN.at + OPEN.slots * OPEN.slotBytes;
/** `every`: one record in so many, here where whoever makes them has it at hand. `hits` are those of them that were not `skipped`. */
export const P = { ...SHARED_P, random: 24, every: 32, ignored: 2176 } as const;

/** How many rows are looked at; so many lie behind the last one, which are never a first choice. */
export const TABLE_STEPS = 4;
export const TOGETHER_STEPS = 32;
/** Whole pages. */
export const TABLE_BYTES =
  Math.ceil(((TABLE.rows + TABLE_STEPS + TABLE.together + TOGETHER_STEPS) * TABLE.rowBytes) / 4096) * 4096;

/** Bytes of one P: words, counters, ring. */
export const bytesOfP = ({ slots, stride }: Pick<SharedShape, 'slots' | 'stride'>): number =>
  P.bytes + TABLE_BYTES + slots * stride;

export const bytesOf = (shape: SharedShape): number => PS_AT + shape.ps * bytesOfP(shape);
