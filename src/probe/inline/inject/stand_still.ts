import { closeSync, openSync, readFileSync } from 'node:fs';
import { MapauditError } from '../../../base/errors.ts';
import { ERRNO } from '../../../sys/errno.ts';
import { ptrace } from '../../../sys/ptrace.ts';
import { tracingRefused } from '../../kernel/requirements.ts';
import { alreadyTraced, targetStopped, tracerOf } from '../preflight.ts';
import { hurry, watchdog } from './hurry.ts';
import { StillThreads } from './still_threads.ts';
import { PreparedWork, type StillWork } from './still_work.ts';
import { TracedThread } from './traced_thread.ts';
import { sleep, type Tracee } from './tracee.ts';

/**
 * The last resort: the kernel ends mapaudit when it keeps the program waiting for so long, and by that lets go of all
 * its threads. Before that comes the limit that ends in an error.
 */
const WATCHDOG_MS = 1000;
const TRIES = 200;
/** So long those that run wait for one that does not stop, at first and at most; then all go on for a while. */
const PATIENCE_MS = { least: 0.5, aThread: 0.01, growth: 1.1, most: 50 } as const;
/** So long those that sleep are waited for, while the others run. */
const SLEEPERS_MS = 50;
const PAUSE_MS = { least: 0.5, most: 10 } as const;
const SPARE_THREADS = 64;
/** Until then the code of a try is no longer new to Node. */
const REHEARSALS = 25;
/** Stand for threads: no call is made. */
const REHEARSED: readonly number[] = [1, 2, 3, 4];

/** How it went. */
export interface Stood {
  /** Whether a thread was in one of the watched ranges. */
  readonly inside: boolean;
  /** The longest time, in microseconds, from when a thread that ran was asked to stop until the last of those went on. */
  readonly stillUs: number;
  /** The same of all threads, those that slept in a system call, too. */
  readonly heldUs: number;
  readonly tries: number;
}

/**
 * Stops all threads of a program, does some work, and lets them go whatever happens. All is prepared and rehearsed
 * before the first has to wait. Errors: `target-stopped`, `cannot-stop`, `no-such-process`, `foreign-code`.
 */
export function whileStill(tracee: Tracee, work: StillWork): Stood {
  const still = new StandStill(tracee, work);
  try {
    return still.run();
  } finally {
    still.close();
  }
}

class StandStill {
  readonly #tracee: Tracee;
  readonly #work: PreparedWork;
  readonly #tasks: number;
  #threads: StillThreads;
  /** Threads before this one were asleep when they were seized. */
  #sleeping = 0;
  /** When the first thread that ran was asked to stop. */
  #began: number | undefined;
  #stillMs = 0;
  #heldMs = 0;

  constructor(tracee: Tracee, work: StillWork) {
    this.#tracee = tracee;
    const tids = tracee.threads();
    try {
      this.#tasks = openSync(`/proc/${tracee.pid}/task`, 'r');
    } catch (cause) {
      throw tracee.gone(cause);
    }
    this.#work = new PreparedWork(tracee, work);
    this.#threads = new StillThreads(tracee, tids.length + SPARE_THREADS);
  }

  run(): Stood {
    this.#rehearse();
    const { least, aThread, growth, most } = PATIENCE_MS;
    let patience = least + aThread * this.#tracee.threads().length;
    for (let tries = 1; tries <= TRIES; tries++) {
      const before = this.#stillMs;
      const inside = this.#try(patience);
      if (inside !== undefined)
        return { inside, stillUs: this.#stillMs * 1000, heldUs: this.#heldMs * 1000, tries };
      patience = Math.min(Math.max(most, least), patience * growth);
      sleep(Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, 2 * (this.#stillMs - before))));
    }
    throw cannotStop(this.#tracee, 'its threads do not all stop in time, or one always stands where code has to change'); // prettier-ignore
  }

  close(): void {
    this.#threads.close();
    this.#work.close();
    closeSync(this.#tasks);
  }

  #rehearse(): void {
    const threads = this.#threads;
    this.#work.dry = true;
    for (let i = 0; i < REHEARSALS; i++) {
      threads.rehearse(REHEARSED);
      this.#sleeping = 2;
      this.#stopAndWork(Infinity);
      this.#release();
    }
    this.#work.dry = false;
    threads.clear();
    this.#stillMs = 0;
  }

  /** Undefined when it has to be done again a little later. */
  #try(patience: number): boolean | undefined {
    let began: number | undefined;
    watchdog(WATCHDOG_MS);
    hurry(true);
    try {
      this.#seizeAll();
      began = performance.now();
      return this.#stopAndWork(patience);
    } finally {
      this.#release();
      if (began !== undefined) this.#heldMs = Math.max(this.#heldMs, performance.now() - began);
      watchdog(0);
      hurry(false);
      this.#letGo();
    }
  }

  /**
   * Those that sleep first: nobody misses them, and it takes long until each of many was woken to stand still. All
   * else is what the program waits for.
   */
  #stopAndWork(patience: number): boolean | undefined {
    const threads = this.#threads;
    this.#began = undefined;
    if (!this.#stop(0, this.#sleeping, performance.now() + SLEEPERS_MS)) return undefined;
    this.#began = performance.now();
    for (let from = this.#sleeping; ;) {
      if (!this.#stop(from, threads.count, this.#began + patience)) return undefined;
      from = threads.count;
      if (threads.isComplete(this.#tasks)) break;
      // One was born, or has ended, meanwhile.
      this.#seizeNew();
      if (threads.count === from) break;
    }
    if (!threads.dry) this.#tracee.step('all stopped');
    return this.#doWork();
  }

  /** False when they do not all stand still in time. */
  #stop(from: number, to: number, until: number): boolean {
    const threads = this.#threads;
    threads.interrupt(from, to);
    for (let state = threads.poll(to); state !== 'all'; state = threads.poll(to)) {
      if (state === 'job-stop') throw targetStopped(this.#tracee.pid);
      if (performance.now() > until) return false;
      threads.nap();
    }
    return true;
  }

  #release(): void {
    const threads = this.#threads;
    threads.release(this.#sleeping, threads.count);
    if (this.#began !== undefined) this.#stillMs = Math.max(this.#stillMs, performance.now() - this.#began);
    threads.release(0, this.#sleeping);
  }

  #doWork(): boolean | undefined {
    const [threads, prepared] = [this.#threads, this.#work];
    const { keepOut, watched, goText } = prepared.work;
    threads.look();
    if (!threads.dry) this.#tracee.step('looked');
    if (threads.isIn(keepOut, goText)) return undefined;
    prepared.check();
    prepared.write();
    return threads.isIn(watched, goText);
  }

  #seizeAll(): void {
    const { capacity } = this.#threads;
    const count = this.#tracee.threads().length;
    if (count > capacity) {
      this.#threads.close();
      this.#threads = new StillThreads(this.#tracee, count + SPARE_THREADS);
    }
    this.#threads.clear();
    this.#began = undefined;
    this.#sleeping = 0;
    const asleep = this.#tracee.threads().filter((tid) => isAsleep(this.#tracee.pid, tid));
    for (const tid of asleep) this.#seize(tid);
    this.#sleeping = this.#threads.count;
    while (this.#seizeNew() > 0);
  }

  /** Gives how many there were. Errors: `cannot-stop`, those of rights. */
  #seizeNew(): number {
    const threads = this.#threads;
    const before = threads.count;
    for (const tid of this.#tracee.threads()) if (!threads.has(tid)) this.#seize(tid);
    return threads.count - before;
  }

  #seize(tid: number): void {
    if (this.#threads.count === this.#threads.capacity)
      throw cannotStop(this.#tracee, 'it makes threads quicker than they can be stopped');
    const seized = ptrace.seize(tid);
    if (seized.ok) {
      this.#threads.add(tid);
      this.#tracee.step('seize');
    } else if (isAlive(this.#tracee.pid, tid)) throw seizeRefused(this.#tracee, tid, seized.errno);
  }

  /** Those that did not stop in time: the kernel lets go only of one that stands still. */
  #letGo(): void {
    for (const tid of this.#threads.gone()) ptrace.state(tid);
    const failed: unknown[] = [];
    for (const tid of this.#threads.left()) {
      try {
        TracedThread.seized(this.#tracee, tid).release();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }
}

/** Zombies cannot be seized, and need not be. */
export const isAlive = (pid: number, tid: number): boolean => !['Z', 'X', ''].includes(stateOf(pid, tid));

/** In a system call, or waiting for a child to exec. */
const isAsleep = (pid: number, tid: number): boolean => ['S', 'D'].includes(stateOf(pid, tid));

/** proc(5), the state; empty when there is no such thread any more. */
function stateOf(pid: number, tid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}

/** The error for a thread that the kernel does not let us trace. */
export function seizeRefused(tracee: Tracee, tid: number, errno: number): MapauditError {
  const other = tracerOf(`/proc/${tracee.pid}/task/${tid}/status`);
  if (other !== undefined) return alreadyTraced(tracee.pid, other);
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES)
    return tracingRefused(tracee.pid, `thread ${tid} of pid ${tracee.pid}`);
  return cannotStop(tracee, `thread ${tid} cannot be traced (errno ${errno})`);
}

export function cannotStop(tracee: Tracee, why: string): MapauditError {
  return new MapauditError('cannot-stop', `pid ${tracee.pid}: ${why}; nothing was changed`, {
    hint: 'Try again, or use --probe kernel.',
  });
}

/** The program goes on, with a change that was not brought to its end; its journal says how far that came. */
export function halfDone(tracee: Tracee, why: string): MapauditError {
  return new MapauditError(
    'half-done',
    `pid ${tracee.pid}: ${why} in time; it goes on with a change that is not whole`,
    {
      hint: `mapaudit detach -p ${tracee.pid} takes it out; so does the next mapaudit with --probe inline.`,
    },
  );
}
