import type { EventFrame } from './event.ts';

/** What one place did to a key. Zero is left out. */
export interface TouchedBy {
  readonly caller?: EventFrame;
  /** Function with which the goroutines began that came from there. */
  readonly starts: readonly string[];
  readonly goroutines: number;
  readonly touches: number;
  readonly inserts?: number;
  readonly updates?: number;
  readonly deletes?: number;
  /** Deletes that found no such key. */
  readonly misses?: number;
  readonly reads?: number;
  /** Clears of a map that may have held the key. */
  readonly clears?: number;
  /** What it did is not known. */
  readonly unknown?: number;
}

/** Who touched the key that `who` followed: the busiest first. */
export interface Touched {
  readonly type: 'touched';
  readonly by: readonly TouchedBy[];
}
