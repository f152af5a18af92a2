import type { Filters, KeyMode } from './options.ts';
import type { Questions } from './questions.ts';
import type { Selection } from './selection.ts';

/** What is to be replayed, and how fast. */
export interface ReplayOptions {
  /** An evidence file. */
  readonly path: string;
  /** Times the speed at which it was recorded; absent: as fast as it can be shown. */
  readonly speed?: number;
}

/** A recording that answers questions as the program did. */
export interface Replay {
  /** What was recorded; absent where the file ends before it says so. */
  readonly selection?: Selection;
  readonly filters?: Filters;
  readonly keys?: KeyMode;
  /** Frames of each stack beyond the caller. */
  readonly frames?: number;
  /** Questions about memory, or about what was not recorded, fail with `not-in-recording`. */
  readonly questions: Questions;
}
