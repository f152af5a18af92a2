import { MapauditError } from '../base/errors.ts';
import { planPatches } from '../go/plan/patch_plan.ts';
import { fileAddr } from '../model/addr.ts';
import type { RunningProbe } from '../model/probe.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import { InlineProbe } from '../probe/inline/inline_probe.ts';
import { attachKernelProbe, type KernelProbeSpec } from '../probe/kernel/kernel_probe.ts';
import type { ProbeKind } from '../protocol/options.ts';
import type { Subject } from './audit.ts';
import type { Program } from './program.ts';

/** Places a probe: what it is to be placed at, and where. */
export type Attacher = (spec: KernelProbeSpec) => RunningProbe;

/** A way to notice operations. */
export interface ProbeWay {
  readonly plan: ProbePlan;
  readonly attach: Attacher;
}

/**
 * How to notice operations of a program. `inline` only where it is asked for: it writes to the program's code.
 * Errors: `inline-needs-process`, and those of the plan.
 */
export function wayFor({ type }: Subject, program: Program, asked: ProbeKind, kernel: ProbePlan): ProbeWay {
  const { binary } = program;
  if (asked !== 'inline') return { plan: kernel, attach: attachKernelProbe };
  if (type !== 'process')
    throw new MapauditError(
      'inline-needs-process',
      'the inline probe is placed in processes that run, not in files',
      {
        hint: 'Give a process: -p PID, or --probe kernel.',
      },
    );
  const { plan, patch } = planPatches(binary, kernel, {
    start: binary.moduleData.text,
    end: binary.moduleData.etext,
  });
  return {
    plan,
    attach: ({ scope, options, code, keyPlans = [] }) => {
      if (scope.type !== 'process') throw new Error('internal: an inline probe of a file');
      return new InlineProbe({
        pid: scope.pid,
        plan,
        patch,
        bias: code.bias,
        options,
        keyPlans,
        file: (address, length) => binary.read(fileAddr(address), length),
      });
    },
  };
}
