import { OncePer } from '../base/once.ts';
import type { GoBinary } from '../go/go_binary.ts';
import { planGrowth } from '../go/plan/growth.ts';
import { planProbes } from '../go/plan/plan.ts';
import type { MapOp } from '../model/map_op.ts';
import { WRITE_OPS } from '../model/map_op.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import type { EffectMode } from '../protocol/options.ts';

/** How it is found out what operations did. */
export type Effects = 'exit' | 'off';

/**
 * `auto` takes the second probe: it costs half a microsecond a write, and in exchange tells at once, and
 * without guessing, what the write did.
 */
export function effectsOf(mode: EffectMode, ops: readonly MapOp[]): Effects {
  if (!ops.some((op) => WRITE_OPS.includes(op))) return 'off';
  return mode === 'auto' ? 'exit' : mode;
}

/** Where many processes run a binary, or one is attached to again and again, its code is looked through once. */
const plans = new OncePer<GoBinary, ProbePlan>();

/** What to probe in a binary where each growth is to be told. */
export const growthPlanFor = (binary: GoBinary): ProbePlan =>
  plans.of(binary, 'growth', () => planGrowth(binary));

/** What to probe in a binary. */
export function probePlanFor(
  binary: GoBinary,
  ops: readonly MapOp[],
  effects: Effects,
  sync = false,
): ProbePlan {
  const name = `${ops.join(',')} ${effects} ${sync}`;
  return plans.of(binary, name, () => planProbes(binary, { ops, exits: effects === 'exit', sync }));
}
