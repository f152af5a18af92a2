import { fstatSync, openSync, readFileSync } from 'node:fs';
import type { Closable } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import { Fd } from '../../sys/fd.ts';
import { SYS, trySyscall } from '../../sys/libc.ts';

/** Jumps stand in a process's code alone; of uprobes there may be several, whoever has set them. */
export type LockKind = 'alone' | 'beside-others';

/** flock(2): LOCK_SH, LOCK_EX, LOCK_NB. */
const OPERATION: Readonly<Record<LockKind, number>> = { alone: 2, 'beside-others': 1 };
const WITHOUT_WAITING = 4;
/** There is no such process, or it may not be looked into. */
const HIDDEN: readonly string[] = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

/**
 * Keeps jumps and uprobes out of each other's way, from before the code is compared with what is expected until the last
 * of them is gone: a uprobe in the middle of a jump would end the program. A lock on /proc/PID/maps, which those can have
 * who may look into the process, and which the kernel gives back when mapaudit ends, however it ends. Undefined where
 * there is no such process or it may not be looked into: then no probe can be set either. Errors: `already-audited`.
 */
export function lockProcess(pid: number, kind: LockKind): Closable | undefined {
  const maps = open(`/proc/${pid}/maps`);
  try {
    if (maps !== undefined) lock(pid, maps.number, kind);
    return maps;
  } catch (error) {
    maps?.close();
    throw error;
  }
}

function open(path: string): Fd | undefined {
  try {
    return new Fd(openSync(path, 'r'), path);
  } catch (error) {
    // Anything else is no reason to go on without a lock.
    if (isSystemError(error) && HIDDEN.includes(error.code ?? '')) return undefined;
    throw error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error;

function lock(pid: number, maps: number, kind: LockKind): void {
  if (trySyscall(SYS.flock, maps, OPERATION[kind] | WITHOUT_WAITING).ok) return;
  const other = holder(maps);
  const by = other === undefined ? 'another mapaudit' : `mapaudit with pid ${other}`;
  throw new MapauditError('already-audited', `pid ${pid} is audited by ${by}; nothing was changed`, {
    hint: 'End that run first: jumps (--probe inline) and uprobes cannot stand in the same code.',
    ...(other === undefined ? {} : { fields: { other } }),
  });
}

/** By /proc/locks: `1: FLOCK ADVISORY WRITE 4242 00:16:12345 0 EOF`. */
function holder(maps: number): number | undefined {
  try {
    const { ino } = fstatSync(maps);
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((one) => one.includes('FLOCK') && one.includes(`:${ino} `));
    const found = Number(line?.trim().split(/\s+/)[4]);
    return Number.isInteger(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
