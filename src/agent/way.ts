import { MapauditError } from '../base/errors.ts';
import type { GoBinary } from '../go/go_binary.ts';
import { planPatches } from '../go/plan/patch_plan.ts';
import { setsLabels } from '../go/sets_labels.ts';
import { type Bias, fileAddr } from '../model/addr.ts';
import type { Pid } from '../model/ids.ts';
import type { MapOp } from '../model/map_op.ts';
import type { RunningProbe } from '../model/probe.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import { BuildProbe } from '../probe/build/build_probe.ts';
import { type CodeImage, MARKED_BYTES } from '../probe/build/image_mark.ts';
import { hookPlan } from '../probe/build/hook_plan.ts';
import { HOOK_FUNCTION } from '../probe/build/sites.ts';
import { InlineProbe, type InlineProbeSpec } from '../probe/inline/inline_probe.ts';
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

/**
 * The kind that `auto` stands for; never `inline`, which writes to the program's code. Errors: `not-hooked` when the
 * hook is asked for and the binary has none.
 */
export function kindFor(binary: GoBinary, asked: ProbeKind): Exclude<ProbeKind, 'auto'> {
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
  /** Also the methods of sync.Map, which uprobes alone can notice. */
  readonly sync?: boolean | undefined;
  /** Another plan of uprobes than that for `ops` and `effects`. */
  readonly plan: ProbePlan | undefined;
}

/**
 * How to notice operations of a process, or without one of a whole binary. Errors: those of `kindFor` and of the plan,
 * and `inline-impossible` for what the inline probe cannot notice.
 */
export function wayFor(binary: GoBinary, pid: Pid | undefined, wish: WayWish): ProbeWay {
  const { kind, ops, effects, sync, plan: own } = wish;
  if (kind === 'inline') return inlineWay(binary, pid, wish);
  const isPlain = own === undefined && sync !== true;
  if (!isPlain || pid === undefined || kindFor(binary, kind) === 'kernel')
    return { plan: own ?? probePlanFor(binary, ops, effects, sync), attach: attachKernelProbe };
  const { version, flavour, offsets } = binary;
  const plan = hookPlan({ version, flavour, offsets, ops, exits: effects === 'exit' });
  return {
    plan,
    attach: ({ options, code, keyPlans = [] }) =>
      new BuildProbe({
        pid,
        plan,
        options,
        keyPlans,
        image: codeImageOf(binary, code.bias),
        setsLabels: setsLabels(binary),
      }),
  };
}

function inlineWay(binary: GoBinary, pid: Pid | undefined, wish: WayWish): ProbeWay {
  const { ops, effects, sync, plan: own } = wish;
  if (pid === undefined)
    throw impossible(
      'is placed in processes that run, not in files',
      'Give a process: -p PID, or --probe kernel.',
    );
  if (sync === true)
    throw impossible('does not see the methods of sync.Map', 'Use --probe kernel with --sync.');
  const { text: start, etext: end } = binary.moduleData;
  const { plan, patch } = planPatches(binary, own ?? probePlanFor(binary, ops, effects), { start, end });
  return {
    plan,
    attach: ({ options: asked, code, keyPlans = [] }) => {
      const options = { ...asked, labels: asked.labels === true && setsLabels(binary) };
      return new InlineProbe({ pid, plan, patch, options, keyPlans, ...placeOf(binary, code.bias) });
    },
  };
}

/** What tells the program that a process runs from another. Error: `unreadable-binary` where its code is not in the file. */
export function codeImageOf(binary: GoBinary, bias: Bias): CodeImage {
  const { text, etext, types, etypes } = binary.moduleData;
  const head = binary.read(text, MARKED_BYTES);
  if (head === undefined)
    throw new MapauditError('unreadable-binary', `${binary.elf.source.name} has no code where it says`);
  return { text: text + bias, etext: etext + bias, types: types + bias, etypes: etypes + bias, head };
}

/** Where a binary's code is in a process, and in its file. */
export const placeOf = (binary: GoBinary, bias: Bias): Pick<InlineProbeSpec, 'bias' | 'file'> => ({
  bias,
  file: (address: number, length: number): Uint8Array | undefined => binary.read(fileAddr(address), length),
});

const impossible = (why: string, hint: string): MapauditError =>
  new MapauditError('inline-impossible', `the inline probe ${why}`, { hint });
