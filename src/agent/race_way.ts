import { planPatches } from '../go/plan/patch_plan.ts';
import { planRace } from '../go/plan/race.ts';
import { setsLabels } from '../go/sets_labels.ts';
import type { KeyPlan } from '../model/key_plan.ts';
import type { MapOp } from '../model/map_op.ts';
import type { ProbeOptions } from '../model/probe.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import type { RaceProbe } from '../model/race_probe.ts';
import { BuildRace } from '../probe/build/build_race.ts';
import { hookPlan } from '../probe/build/hook_plan.ts';
import { InlineRace } from '../probe/inline/inline_race.ts';
import { attachKernelRace } from '../probe/race/kernel_race.ts';
import type { ProbeKind } from '../protocol/options.ts';
import type { Target } from './target.ts';
import { codeImageOf, kindFor, placeOf } from './way.ts';

/** A way to look for races in one process. */
export interface RaceWay {
  readonly plan: ProbePlan;
  attach(options: ProbeOptions, keyPlans: readonly KeyPlan[]): RaceProbe;
}

const OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'access', 'iterate'];

/** Errors: those of `kindFor` and of the plan. */
export function raceWayFor(target: Target, asked: ProbeKind): RaceWay {
  const { binary, pid } = target;
  switch (kindFor(binary, asked)) {
    case 'inline': {
      const { text: start, etext: end } = binary.moduleData;
      const { plan, patch } = planPatches(binary, planRace(binary, { steps: true }), { start, end });
      const place = placeOf(binary, target.bias);
      return {
        plan,
        attach: (options, keyPlans) => new InlineRace({ pid, plan, patch, options, keyPlans, ...place }),
      };
    }
    case 'build': {
      const { version, flavour, offsets } = binary;
      const plan = hookPlan({ version, flavour, offsets, ops: OPS, exits: false });
      const image = codeImageOf(binary, target.bias);
      const made = { pid, plan, image, setsLabels: setsLabels(binary) };
      return { plan, attach: (options, keyPlans) => new BuildRace({ ...made, options, keyPlans }) };
    }
    case 'kernel': {
      // A uprobe at each step makes an iteration a hundred times as long: racy programs would die of that.
      const plan = planRace(binary, { steps: false });
      return {
        plan,
        attach: (options, keyPlans) =>
          attachKernelRace({
            plan,
            scope: { type: 'process', pid },
            options,
            code: { memory: target.memory, bias: target.bias },
            keyPlans,
          }),
      };
    }
  }
}
