import type { Pid } from '../../model/ids.ts';
import { type InjectionCost, Injector } from './inject/injector.ts';
import { Tracee } from './inject/tracee.ts';
import { type InlineProbeSpec, patchedOf } from './inline_probe.ts';
import { lockTracee } from './lock.ts';
import { checkTraceable } from './preflight.ts';

/**
 * Takes a patch that nobody looks after out of a program. Gives undefined when there is none. Errors: `already-audited`
 * while a mapaudit is at work in it, and those of `Injector.remove`.
 */
export function removePatch(
  pid: Pid,
  spec: Pick<InlineProbeSpec, 'patch' | 'bias' | 'file'>,
): InjectionCost | undefined {
  checkTraceable(pid);
  const tracee = new Tracee(pid);
  try {
    lockTracee(tracee);
    return new Injector(tracee, patchedOf(spec)).remove();
  } finally {
    tracee.close();
  }
}
