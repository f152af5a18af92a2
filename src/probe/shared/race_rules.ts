import { WRITE_OPS } from '../../model/map_op.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';

/**
 * How long an operation is held, in nanoseconds. A partner must come within it: longer finds more with each wait, and the
 * budget allows fewer of them.
 */
export const WAIT_NS = 30_000;
/**
 * Who was met is not let go before so long after the probe was done with the other: map operations are over by then, and
 * the runtime does not find the two within each other.
 */
export const QUIET_NS = 8_000;
/** However many come, longer is nobody held. */
export const LONGEST_NS = 250_000;
/** A map that was made by one goroutine and handed to another, and back, has changed hands twice. */
export const MOVES = 3;

/**
 * runtime.hiter {key, elem, t, h} up to Go 1.23, internal/runtime/maps.Iter {key, elem, typ, m} since:
 * go1.18–1.23 src/runtime/map.go, go1.24–1.27 src/internal/runtime/maps/table.go.
 */
export const ITERATOR = { type: 16, map: 24 } as const;

/** The sites at which an iteration goes on to its next entry. */
const STEP_FUNCTIONS: readonly string[] = [
  'runtime.mapiternext',
  'runtime.mapIterNext',
  'reflect.mapIterNext',
];

/** What an operation is to another one on the same map; a `step` is given the iterator, which holds type and map. */
export type RaceRole = 'read' | 'write' | 'step';

export function raceRole({ function: name, op }: Pick<ProbeSite, 'function' | 'op'>): RaceRole {
  if (STEP_FUNCTIONS.includes(name)) return 'step';
  return WRITE_OPS.includes(op) ? 'write' : 'read';
}
