import type { EventBatch } from '../model/event_batch.ts';

/** It is not known what the operation did. */
export const OUTCOME_UNKNOWN = 0;
/** The key was not there: a delete found nothing, an assign inserted. */
export const OUTCOME_MISSED = 1;
/** The key was there: a delete removed it, an assign updated it. */
export const OUTCOME_FOUND = 2;
/** A clear removed all `count` entries (which may be 0). */
export const OUTCOME_CLEARED = 3;

/** In `othersUp` and `othersDown`: no bound is known. */
export const UNBOUNDED = 255;

/**
 * A batch with what was found out about its rows. Rows of kind RECORD_EXIT are still in it (they have done
 * their work; consumers skip them). Like every batch it is valid until the consumer returns.
 */
export interface TracedBatch extends EventBatch {
  /** OUTCOME_*. */
  readonly outcome: Uint8Array;
  /** Number of the map's life (`MapId`); 0 for the nil map. */
  readonly mapId: Uint32Array;
  /**
   * By how much other operations, possibly under way on this map during this one, may have raised or
   * lowered the count: 0 for a map that is used one operation at a time.
   */
  readonly othersUp: Uint8Array;
  readonly othersDown: Uint8Array;
  /** Rows of equal, non-zero epoch have no loss of records between or around them; 0: records were lost here. */
  readonly epoch: Uint32Array;
}
