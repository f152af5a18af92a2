import { readFileSync } from 'node:fs';
import { MapauditError } from '../../base/errors.ts';
import { ownCapabilities } from '../../sys/capabilities.ts';
import { rightsHint } from '../kernel/requirements.ts';

/** Whether the program may be traced at all, found out without touching it. Errors: `no-such-process`, `already-traced`, `missing-capability`. */
export function checkTraceable(pid: number): void {
  const tracer = Number(/^TracerPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`, pid))?.[1] ?? 0);
  if (tracer !== 0) {
    const name = nameOf(tracer);
    throw new MapauditError(
      'already-traced',
      `pid ${pid} is being traced by ${name} (pid ${tracer}); nothing was changed`,
      {
        hint: 'A program has one tracer at a time. End that one, or use --probe kernel.',
        fields: { tracer, name },
      },
    );
  }
  if (ownCapabilities().has('CAP_SYS_PTRACE')) return;
  const scope = yama();
  if (scope > 0)
    throw new MapauditError(
      'missing-capability',
      `tracing pid ${pid} needs CAP_SYS_PTRACE: kernel.yama.ptrace_scope is ${scope}`,
      {
        hint: rightsHint(),
        fields: { missing: 'CAP_SYS_PTRACE', scope },
      },
    );
}

/** 0 where the kernel has no Yama: Documentation/admin-guide/LSM/Yama.rst. */
function yama(): number {
  try {
    return Number(readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8'));
  } catch {
    return 0;
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a process';
  }
}

function textOf(path: string, pid: number): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MapauditError('no-such-process', `there is no process ${pid}`, { cause });
  }
}
