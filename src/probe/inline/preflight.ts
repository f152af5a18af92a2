import { readdirSync, readFileSync } from 'node:fs';
import { MapauditError } from '../../base/errors.ts';
import { ownCapabilities } from '../../sys/capabilities.ts';
import { rightsHint } from '../kernel/requirements.ts';

/**
 * Whether the program may be traced and given memory at all, found out without touching it. `bytes`: of shared memory.
 * Errors: `no-such-process`, `already-traced`, `target-stopped`, `missing-capability`, `memory-limit`.
 */
export function checkTraceable(pid: number, bytes = 0): void {
  const status = textOf(`/proc/${pid}/status`, pid);
  for (const tid of tasksOf(pid)) {
    const tracer = tracerOf(`/proc/${pid}/task/${tid}/status`);
    if (tracer !== undefined) throw alreadyTraced(pid, tracer);
  }
  if (/^State:\s*T/m.test(status)) throw targetStopped(pid);
  checkRights(pid);
  if (bytes > 0) checkMemory(pid, status, bytes);
}

/** The program that traces a thread, by its status file; undefined when none does. */
export function tracerOf(path: string): number | undefined {
  try {
    const tracer = Number(/^TracerPid:\s*(\d+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
    return tracer === 0 ? undefined : tracer;
  } catch {
    return undefined;
  }
}

export function alreadyTraced(pid: number, tracer: number): MapauditError {
  const name = nameOf(tracer);
  const message = `pid ${pid} is being traced by ${name} (pid ${tracer}); nothing was changed`;
  return new MapauditError('already-traced', message, {
    hint: 'A program has one tracer at a time. End that one, or use --probe kernel.',
    fields: { tracer, name },
  });
}

export function targetStopped(pid: number): MapauditError {
  return new MapauditError('target-stopped', `pid ${pid} is stopped (by SIGSTOP or a terminal)`, {
    hint: `Let it run first: kill -CONT ${pid}`,
  });
}

/**
 * A program that maps more than it may gets an error. The file behind it is made large by mapaudit, which gets a signal
 * that ends it where its own limit is too small: SIGXFSZ, ftruncate(2). A program that locks all it maps would have all
 * of ours in memory.
 */
function checkMemory(pid: number, status: string, bytes: number): void {
  const limit = (name: string, who: number | 'self' = pid): number => {
    const limits = textOf(`/proc/${who}/limits`, pid);
    const found = new RegExp(`^${name}\\s+(\\d+|unlimited)`, 'm').exec(limits)?.[1];
    return found === undefined || found === 'unlimited' ? Infinity : Number(found);
  };
  const used = Number(/^VmSize:\s*(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  const megabytes = `${Math.ceil(bytes / 2 ** 20)} MB`;
  const hint = 'Smaller rings need less: --ring 256K. Or use --probe kernel.';
  if (limit('Max file size', 'self') < bytes)
    throw new MapauditError(
      'memory-limit',
      `mapaudit may not make ${megabytes} (ulimit -f); nothing was changed`,
      { hint: `Start it with ulimit -f unlimited. ${hint}` },
    );
  // Half of what is left is for the program itself.
  if (limit('Max address space') < used + 2 * bytes)
    throw new MapauditError(
      'memory-limit',
      `pid ${pid} has no address space for ${megabytes} (ulimit -v); nothing was changed`,
      { hint },
    );
  if (Number(/^VmLck:\s*(\d+)/m.exec(status)?.[1] ?? 0) > 0)
    throw new MapauditError('memory-limit', `pid ${pid} locks its memory (mlock); nothing was changed`, {
      hint: 'It could lock ours as well, all of it. Use --probe kernel.',
    });
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function checkRights(pid: number): void {
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
