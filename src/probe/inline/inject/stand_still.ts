import { existsSync, readFileSync } from 'node:fs';
import { MapauditError } from '../../../base/errors.ts';
import { monotonicNs } from '../../../sys/clock.ts';
import { addressOf, keepAlive, SYS, trySyscall } from '../../../sys/libc.ts';
import { ERRNO } from '../../../sys/errno.ts';
import { tracingRefused } from '../../kernel/requirements.ts';
import { alreadyTraced, targetStopped, tracerOf } from '../preflight.ts';
import { TracedThread } from './traced_thread.ts';
import { sleep, type Tracee } from './tracee.ts';

/**
 * The last resort: the kernel ends mapaudit when it keeps the program waiting for so long, and by that lets go of all
 * its threads. Before that comes the limit that ends in an error.
 */
const WATCHDOG_MS = 1000;
const LIMIT_NS = 200_000_000n;
const TRIES = 200;
const PAUSE_MS = 0.5;
const ITIMER_REAL = 0;
const SCHED_OTHER = 0;
const SCHED_FIFO = 1;

/** All threads of a program, standing still. */
export class StandStill {
  readonly #tracee: Tracee;
  readonly #threads = new Map<number, TracedThread>();
  #began: bigint | undefined;
  /** When those that stood still went on. */
  #ended: bigint | undefined;

  private constructor(tracee: Tracee) {
    this.#tracee = tracee;
  }

  /**
   * Stops all threads and runs `work`; lets them go whatever it does. `work` gives undefined when it has to be done
   * again a little later. Gives its answer, and the longest time that the threads stood still, in microseconds.
   * Errors: `target-stopped`, `cannot-stop`, `no-such-process`.
   */
  static during<T>(
    tracee: Tracee,
    work: (still: StandStill) => T | undefined,
  ): { answer: T; stillUs: number; tries: number } {
    let stillUs = 0;
    for (let tries = 1; tries <= TRIES; tries++) {
      const still = new StandStill(tracee);
      let answer: T | undefined;
      watchdog(WATCHDOG_MS);
      hurry(true);
      try {
        if (still.#stopAll()) answer = work(still);
      } finally {
        still.#letAll();
        watchdog(0);
        hurry(false);
      }
      stillUs = Math.max(stillUs, still.#stillUs);
      if (answer !== undefined) return { answer, stillUs, tries };
      sleep(PAUSE_MS);
    }
    throw cannotStop(tracee, 'some thread always stands where code has to change');
  }

  get #stillUs(): number {
    const ended = this.#ended ?? monotonicNs();
    return Number(ended - (this.#began ?? ended)) / 1000;
  }

  /** Whether any thread is in `[low, high)`, or will be when it returns from a signal handler. */
  isBusy(low: number, high: number): boolean {
    for (const thread of this.#threads.values()) if (thread.held && thread.isIn(low, high)) return true;
    return false;
  }

  /** False when one of them is in the kernel for too long: again a little later. */
  #stopAll(): boolean {
    const tracee = this.#tracee;
    // All are seized before the first has to wait; those that were born meanwhile come afterwards.
    for (let waiting = this.#seizeNew(); waiting.length > 0; waiting = this.#seizeNew()) {
      this.#began ??= monotonicNs();
      for (const thread of waiting) thread.interrupt();
      for (const thread of waiting) {
        const result = thread.stop();
        tracee.step('stopped');
        if (result === 'job-stop') throw targetStopped(tracee.pid);
        if (result === 'busy' || monotonicNs() - this.#began > LIMIT_NS) return false;
      }
    }
    tracee.step('all stopped');
    return true;
  }

  #seizeNew(): TracedThread[] {
    const fresh = this.#tracee.threads().filter((tid) => !this.#threads.has(tid));
    return fresh.flatMap((tid) => this.#seize(tid));
  }

  #seize(tid: number): TracedThread[] {
    const thread = TracedThread.seize(this.#tracee, tid);
    if (typeof thread !== 'number') {
      this.#threads.set(tid, thread);
      return [thread];
    }
    if (!isAlive(this.#tracee.pid, tid)) return [];
    throw seizeRefused(this.#tracee, tid, thread);
  }

  #letAll(): void {
    const threads = [...this.#threads.values()];
    // Those first that wait only for us.
    for (const thread of threads) if (thread.held) thread.release();
    this.#ended = monotonicNs();
    const failed: unknown[] = [];
    for (const thread of threads) {
      try {
        thread.release();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }
}

/** Zombies cannot be seized, and need not be. */
export function isAlive(pid: number, tid: number): boolean {
  const path = `/proc/${pid}/task/${tid}/stat`;
  if (!existsSync(path)) return false;
  try {
    const stat = readFileSync(path, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Has SIGALRM sent to this process; 0 ends that. setitimer(2). */
function watchdog(milliseconds: number): void {
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
function hurry(on: boolean): void {
  const parameter = Int32Array.of(on ? 1 : 0);
  trySyscall(SYS.schedSetscheduler, 0, on ? SCHED_FIFO : SCHED_OTHER, addressOf(parameter));
  keepAlive(parameter);
}

/** The error for a thread that the kernel does not let us trace. */
export function seizeRefused(tracee: Tracee, tid: number, errno: number): MapauditError {
  const other = tracerOf(`/proc/${tracee.pid}/task/${tid}/status`);
  if (other !== undefined) return alreadyTraced(tracee.pid, other);
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES)
    return tracingRefused(`thread ${tid} of pid ${tracee.pid}`);
  return cannotStop(tracee, `thread ${tid} cannot be traced (errno ${errno})`);
}

export function cannotStop(tracee: Tracee, why: string): MapauditError {
  return new MapauditError('cannot-stop', `pid ${tracee.pid}: ${why}; nothing was changed`, {
    hint: 'Try again, or use --probe kernel.',
  });
}
