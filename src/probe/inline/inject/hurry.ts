import { addressOf, keepAlive, SYS, trySyscall } from '../../../sys/libc.ts';

const ITIMER_REAL = 0;
const SCHED_OTHER = 0;
const SCHED_FIFO = 1;

/** Has SIGALRM sent to this process; 0 ends that. setitimer(2). */
export function watchdog(milliseconds: number): void {
  const value = new BigInt64Array([
    0n,
    0n,
    BigInt(Math.floor(milliseconds / 1000)),
    BigInt((milliseconds % 1000) * 1000),
  ]);
  trySyscall(SYS.setitimer, ITIMER_REAL, addressOf(value), 0);
  keepAlive(value);
}

/**
 * Nobody else runs before us while others wait for us, where we have the right to ask for that: sched_setscheduler(2).
 */
export function hurry(on: boolean): void {
  const parameter = Int32Array.of(on ? 1 : 0);
  trySyscall(SYS.schedSetscheduler, 0, on ? SCHED_FIFO : SCHED_OTHER, addressOf(parameter));
  keepAlive(parameter);
}
