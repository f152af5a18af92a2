import { readdirSync, readFileSync } from 'node:fs';
import type { Pid } from '../../model/ids.ts';

/** More than copying the largest values takes. */
const ENOUGH_NS = 200_000;

/**
 * Notes how far the threads of a process are that run or wait for a processor. What it gives says, when it is asked
 * later, whether each of them has run on for a while, has gone to sleep or is gone since: then none of them still is in
 * the middle of what it did at the beginning. Undefined where the kernel does not tell (no CONFIG_SCHED_INFO).
 */
export function threadProgress(pid: Pid): (() => boolean) | undefined {
  let threads: readonly string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return undefined;
  }
  const runnable: { readonly tid: string; readonly ran: number }[] = [];
  for (const tid of threads) {
    if (!isRunnable(pid, tid)) continue;
    const ran = ranFor(pid, tid);
    if (ran === undefined) return undefined;
    runnable.push({ tid, ran });
  }
  let waiting: readonly { readonly tid: string; readonly ran: number }[] = runnable;
  return () => {
    waiting = waiting.filter(({ tid, ran }) => {
      const now = ranFor(pid, tid);
      return now !== undefined && now - ran < ENOUGH_NS && isRunnable(pid, tid);
    });
    return waiting.length === 0;
  };
}

/** Nanoseconds on a processor: proc(5), /proc/PID/schedstat. Of a thread that runs it is brought up to date at each tick. */
function ranFor(pid: Pid, tid: string): number | undefined {
  const text = read(`/proc/${pid}/task/${tid}/schedstat`);
  return text === undefined ? undefined : Number(text.slice(0, text.indexOf(' ')));
}

/** Not asleep. A thread that waits for a page in the middle of a store is, too, and is not seen. */
function isRunnable(pid: Pid, tid: string): boolean {
  const stat = read(`/proc/${pid}/task/${tid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).startsWith('R') === true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
