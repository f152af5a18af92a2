import { MapauditError } from '../base/errors.ts';
import type { GoBinary } from '../go/go_binary.ts';
import type { Pid } from '../model/ids.ts';
import type { MapOp } from '../model/map_op.ts';
import type { RunningProbe } from '../model/probe.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import { BuildProbe } from '../probe/build/build_probe.ts';
import { hookPlan } from '../probe/build/hook_plan.ts';
import { HOOK_FUNCTION } from '../probe/build/sites.ts';
import { attachKernelProbe, type KernelProbeSpec } from '../probe/kernel/kernel_probe.ts';
import type { ProbeKind } from '../protocol/options.ts';
import { type Effects, probePlanFor } from './plans.ts';

/** Places a probe: what it is to be placed at, and where. */
export type Attacher = (spec: KernelProbeSpec) => RunningProbe;

/** A way to notice operations of one process. */
export interface ProbeWay {
  readonly plan: ProbePlan;
  readonly attach: Attacher;
}

/** Whether `mapaudit go build` has made a binary. */
export const isHooked = (binary: GoBinary): boolean => binary.functionNamed(HOOK_FUNCTION) !== undefined;

/** The kind that `auto` stands for. Errors: `not-hooked` when the hook is asked for and the binary has none. */
export function kindFor(binary: GoBinary, asked: ProbeKind): 'kernel' | 'build' {
  const hooked = isHooked(binary);
  if (asked === 'build' && !hooked)
    throw new MapauditError('not-hooked', `${binary.elf.source.name} was built without the hook`, {
      hint: 'Build it with mapaudit go build, or use --probe kernel, as root.',
    });
  if (asked === 'auto') return hooked ? 'build' : 'kernel';
  return asked;
}

/** What is to be noticed. */
export interface WayWish {
  readonly kind: ProbeKind;
  readonly ops: readonly MapOp[];
  readonly effects: Effects;
  /** Another plan of uprobes than that for `ops` and `effects`. */
  readonly plan: ProbePlan | undefined;
}

/** How to notice operations of a process, or without one of a whole binary. Errors: those of `kindFor` and of the plan. */
export function wayFor(binary: GoBinary, pid: Pid | undefined, wish: WayWish): ProbeWay {
  const { kind, ops, effects, plan: own } = wish;
  if (own !== undefined || pid === undefined || kindFor(binary, kind) === 'kernel')
    return { plan: own ?? probePlanFor(binary, ops, effects), attach: attachKernelProbe };
  const { version, flavour, offsets } = binary;
  const plan = hookPlan({ version, flavour, offsets, ops, exits: effects === 'exit' });
  return {
    plan,
    attach: ({ options, keyPlans = [] }) => new BuildProbe({ pid, plan, options, keyPlans }),
  };
}
