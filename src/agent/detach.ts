import { planPatches } from '../go/plan/patch_plan.ts';
import { planProbes } from '../go/plan/plan.ts';
import { fileAddr } from '../model/addr.ts';
import { MAP_OPS } from '../model/map_op.ts';
import type { Pid } from '../model/ids.ts';
import { removePatch } from '../probe/inline/remove.ts';
import { Target } from './target.ts';

/** Takes out of a program what a mapaudit that was killed has left in it. Gives false when there was nothing. */
export function detachFrom(pid: Pid): boolean {
  const target = Target.open(pid);
  try {
    const { binary, bias } = target;
    const plan = planProbes(binary, { ops: MAP_OPS, exits: false });
    const { text, etext } = binary.moduleData;
    const { patch } = planPatches(binary, plan, { start: text, end: etext });
    const file = (address: number, length: number) => binary.read(fileAddr(address), length);
    return removePatch(pid, { patch, bias, file });
  } finally {
    target.close();
  }
}
