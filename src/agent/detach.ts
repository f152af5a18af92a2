import { planPatches } from '../go/plan/patch_plan.ts';
import { planProbes } from '../go/plan/plan.ts';
import { fileAddr } from '../model/addr.ts';
import { pid as toPid } from '../model/ids.ts';
import { MAP_OPS } from '../model/map_op.ts';
import { removePatch } from '../probe/inline/remove.ts';
import type { Detached, DetachOptions } from '../protocol/detached.ts';
import { Target } from './target.ts';

/** Takes out of a program what a mapaudit that was killed has left in it. Errors: those of `removePatch`. */
export function detach({ pid }: DetachOptions): Detached {
  const target = Target.open(toPid(pid));
  try {
    const { binary, bias } = target;
    const plan = planProbes(binary, { ops: MAP_OPS, exits: false });
    const { text, etext } = binary.moduleData;
    const { patch } = planPatches(binary, plan, { start: text, end: etext });
    const file = (address: number, length: number) => binary.read(fileAddr(address), length);
    const cost = removePatch(target.pid, { patch, bias, file });
    const still = cost === undefined ? {} : { still_ms: cost.stillUs / 1000 };
    return { type: 'detached', pid, name: target.facts.name, found: cost !== undefined, ...still };
  } finally {
    target.close();
  }
}
