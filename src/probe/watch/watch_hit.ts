import type { Place } from './place.ts';
import type { Sample } from './sample.ts';
import type { ReadValue } from './value_log.ts';

/** A watched place was touched. What is not certain is absent. */
export interface WatchHit extends Sample {
  readonly place: Place;
  /** The goroutine that ran on the thread. */
  readonly goid?: number;
  /** Read before the hit, and no other hit came between; all threads were watched meanwhile. */
  readonly before?: ReadValue;
  /** Read after the hit, likewise. */
  readonly after?: ReadValue;
}
