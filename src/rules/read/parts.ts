import { type MapOp, MAP_OPS } from '../../model/map_op.ts';
import { RATE_SUBJECTS, type Rule } from '../definition.ts';
import type { Fields } from './fields.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What all kinds of rules have. */
export type RuleFrame = Pick<
  Rule,
  'name' | 'title' | 'severity' | 'where' | 'forMs' | 'recoveryMs' | 'actions'
>;

export function opsOf(fields: Fields, name = 'op'): readonly MapOp[] | undefined {
  return fields.words<MapOp>(name, MAP_OPS);
}

/** Windows are whole seconds, from one to ten minutes. */
export function windowOf(fields: Fields, fallback: number): number {
  const ms = fields.duration('window');
  if (ms === undefined) return fallback;
  if (ms % SECOND === 0 && ms >= SECOND && ms <= 10 * MINUTE) return ms;
  fields.problemAt('window', 'a window is whole seconds, from 1s to 10m');
  return fallback;
}

export function atLeast(fields: Fields, name: string, least: number): number | undefined {
  const ms = fields.duration(name);
  if (ms !== undefined && ms < least) fields.problemAt(name, `${name} is at least ${least / SECOND}s`);
  return ms;
}

/** What `per` can be. */
export const perOf = (fields: Fields): (typeof RATE_SUBJECTS)[number] =>
  fields.word('per', RATE_SUBJECTS) ?? 'type';
