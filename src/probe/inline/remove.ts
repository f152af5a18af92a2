import type { Closable } from '../../base/dispose.ts';
import type { Pid } from '../../model/ids.ts';
import { type InjectionCost, Injector } from './inject/injector.ts';
import { Tracee } from './inject/tracee.ts';
import { type InlineProbeSpec, patchedOf } from './inline_probe.ts';
import { checkTraceable } from './preflight.ts';
import { lockProcess } from '../shared/process_lock.ts';

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
  let lock: Closable | undefined;
  try {
    lock = lockProcess(pid, 'alone');
    return new Injector(tracee, patchedOf(spec)).remove();
  } finally {
    lock?.close();
    tracee.close();
  }
}
