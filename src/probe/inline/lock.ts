import { fstatSync, readFileSync } from 'node:fs';
import { MapauditError } from '../../base/errors.ts';
import { SYS, trySyscall } from '../../sys/libc.ts';
import type { Tracee } from './inject/tracee.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Makes this mapaudit the only one that patches the program: a lock on its /proc/PID/mem, which the kernel gives back
 * when mapaudit ends, however it ends. Errors: `already-audited`.
 */
export function lockTracee(tracee: Tracee): void {
  if (trySyscall(SYS.flock, tracee.memory, LOCK_EX | LOCK_NB).ok) return;
  const other = holder(tracee);
  const by = other === undefined ? 'another mapaudit' : `mapaudit with pid ${other}`;
  throw new MapauditError('already-audited', `pid ${tracee.pid} is patched by ${by}`, {
    hint: 'End that run first: a program has one mapaudit at a time in its code.',
    ...(other === undefined ? {} : { fields: { other } }),
  });
}

/** By /proc/locks: `1: FLOCK ADVISORY WRITE 4242 00:16:12345 0 EOF`. */
function holder(tracee: Tracee): number | undefined {
  try {
    const { ino } = fstatSync(tracee.memory);
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((one) => one.includes('FLOCK') && one.includes(`:${ino} `));
    const found = Number(line?.trim().split(/\s+/)[4]);
    return Number.isInteger(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
