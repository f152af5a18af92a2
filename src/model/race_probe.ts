import type { RunningProbe } from './probe.ts';

/** What waiting has cost so far. */
export interface RaceSpent {
  /** Time that goroutines were held, in nanoseconds. */
  readonly ns: number;
  /** How often one was. */
  readonly watches: number;
  readonly longestNs: number;
  /** Operations of other goroutines that came upon one that was held. */
  readonly met: number;
}

/**
 * A probe that finds races: each operation that it holds for a moment is told with every operation that came upon it.
 * Its records are those of an ordinary probe, with a `mark` (model/record.ts). Every way to notice operations can be
 * one: what it waits with is its own affair.
 */
export interface RaceProbe extends Omit<RunningProbe, 'counters' | 'setSampling'> {
  /**
   * The budget from now on: `totalNs` of waiting in all since the probe began, and after a wait of n nanoseconds
   * none for n * `pace`.
   */
  allow(totalNs: number, pace: number): void;
  spent(): RaceSpent;
}
