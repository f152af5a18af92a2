import type { MapOp } from '../model/map_op.ts';
import type { Inspected } from './inspect.ts';
import type { Loss } from './loss.ts';
import type { RaceTotals } from './race.ts';
import type { WatchedThreads } from './watch.ts';

/** Why a run ended. Each of them is a normal end: exit code 0. `done`: there was no more. */
export type EndReason = 'done' | 'ctrl-c' | 'duration' | 'count' | 'target-exited' | 'target-exec';

export const END_REASONS: readonly EndReason[] = [
  'done',
  'ctrl-c',
  'duration',
  'count',
  'target-exited',
  'target-exec',
];

/** Operations of one kind. `found` and `not_found` are absent where nothing was learnt; together they may be fewer than `events`. */
export interface OpSummary {
  readonly events: number;
  /** Deletes that removed, assigns that replaced, accesses that read an existing key. */
  readonly found?: number;
  readonly not_found?: number;
  /** Entries that clears removed, as far as it is known. */
  readonly removed?: number;
}

/** The last line of every run of `trace`, `top`, `watch` and `inspect`. */
export interface Summary {
  readonly type: 'summary';
  readonly ended: EndReason;
  readonly duration_ms: number;
  /** Events that were delivered (trace) or counted (top), entries that were shown (inspect). */
  readonly events: number;
  /** Events that were seen and not delivered: `loss.ring_full + loss.output_slow`. */
  readonly lost: number;
  /** Events that sampling left out on purpose. */
  readonly sampled: number;
  readonly loss: Loss;
  /** All that was seen, also what sampling left out or was lost: then more than `events` together. */
  readonly by_op: Readonly<Partial<Record<MapOp, OpSummary>>>;
  /** Of `watch` only. */
  readonly watched?: WatchedThreads;
  /** Of `race` only: different races that were found … */
  readonly races?: number;
  /** … and what else was, with what it cost. */
  readonly race?: RaceTotals;
  /** Of `inspect` only. */
  readonly inspected?: Inspected;
}
