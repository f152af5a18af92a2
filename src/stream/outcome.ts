import type { MapOp } from '../model/map_op.ts';
import type { ProbeSite } from '../model/probe_plan.ts';
import {
  OUTCOME_CLEARED,
  OUTCOME_FOUND,
  OUTCOME_MISSED,
  OUTCOME_UNKNOWN,
  UNBOUNDED,
} from './traced_batch.ts';

/** A write operation as the resolver tells them apart; 0 is everything else. */
export const WRITE_NONE = 0;
export const WRITE_DELETE = 1;
export const WRITE_ASSIGN = 2;
export const WRITE_CLEAR = 3;

/** The WRITE_* of an operation. */
export function writeOf(op: MapOp): number {
  if (op === 'delete') return WRITE_DELETE;
  if (op === 'assign') return WRITE_ASSIGN;
  return op === 'clear' ? WRITE_CLEAR : WRITE_NONE;
}

/** The WRITE_* of a site; what is done to a sync.Map changes no count that is known. */
export function writeOfSite(site: Pick<ProbeSite, 'op'> & { readonly sync?: true }): number {
  return site.sync === true ? WRITE_NONE : writeOf(site.op);
}

/**
 * What an operation did, from the counts before and after it. `up` and `down` say by how much others may
 * have changed the count meanwhile.
 */
export function judge(write: number, before: number, after: number, up: number, down: number): number {
  if (up === UNBOUNDED || down === UNBOUNDED) return OUTCOME_UNKNOWN;
  // What the operation itself did to the count lies in [least, most].
  const least = after - before - up;
  const most = after - before + down;
  if (write === WRITE_CLEAR) {
    return least === most && after === 0 ? OUTCOME_CLEARED : OUTCOME_UNKNOWN;
  }
  const change = write === WRITE_DELETE ? -1 : 1;
  const didChange = least <= change && change <= most;
  const didNot = least <= 0 && 0 <= most;
  if (didChange === didNot) return OUTCOME_UNKNOWN;
  if (didChange) return write === WRITE_DELETE ? OUTCOME_FOUND : OUTCOME_MISSED;
  return write === WRITE_DELETE ? OUTCOME_MISSED : OUTCOME_FOUND;
}

/** What is known without waiting: nothing can be removed from a map that is nil or empty. */
export function judgeAtOnce(write: number, map: number, count: number, countIsSound: boolean): number {
  const empty = map === 0 || (countIsSound && count === 0);
  if (!empty) return OUTCOME_UNKNOWN;
  if (write === WRITE_DELETE) return OUTCOME_MISSED;
  return write === WRITE_CLEAR ? OUTCOME_CLEARED : OUTCOME_UNKNOWN;
}

/** By how much an operation may raise or lower the count. */
export const raises = (write: number): number => (write === WRITE_ASSIGN ? 1 : 0);
export const lowers = (write: number): number =>
  write === WRITE_DELETE ? 1 : write === WRITE_CLEAR ? UNBOUNDED : 0;

/** Adds bounds of change; UNBOUNDED stays UNBOUNDED. */
export const plus = (a: number, b: number): number => Math.min(UNBOUNDED, a + b);
