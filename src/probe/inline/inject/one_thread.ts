import type { SyscallResult } from '../../../sys/libc.ts';
import { ptrace, REG } from '../../../sys/ptrace.ts';
import { ERRNO } from '../../../sys/errno.ts';
import { cannotStop, halfDone, isAlive, seizeRefused } from './stand_still.ts';
import { targetStopped } from '../preflight.ts';
import { TracedThread } from './traced_thread.ts';
import { sleep, type Tracee, waitFor } from './tracee.ts';
import { monotonicNs } from '../../../sys/clock.ts';

/** System calls that a thread may be taken out of and put back into: futex, epoll_pwait, nanosleep, clock_nanosleep, epoll_wait, read. */
const RESUMABLE: readonly bigint[] = [202n, 281n, 35n, 230n, 232n, 0n];
/** Results by which the kernel restarts a system call: include/linux/errno.h, ERESTARTSYS … ERESTART_RESTARTBLOCK. */
const RESTART: readonly bigint[] = [-512n, -513n, -514n];
const RESTART_BLOCK = -516n;
const RESTART_SYSCALL = 219n;
const SYSCALL_BYTES = 2n;

const SEARCH_MS = 3000;
const RUN_MS = 5000;
/** The thread must get its turn between two looks, also where others have the processors. */
const LEAVE_MS = { first: 0.04, last: 40 } as const;

/** Code of the program: `[start, end)` of what Go's compiler made, and sites that nobody may stand in. */
export interface Places {
  readonly text: { readonly start: number; readonly end: number };
  readonly sites: readonly { readonly start: number; readonly end: number }[];
  readonly room: { readonly start: number; readonly end: number };
}

/** A thread that is held while all others run, and what its registers must be when it goes on. */
export interface HeldThread {
  readonly thread: TracedThread;
  readonly back: BigUint64Array;
}

/**
 * Seizes threads, one at a time, until one is where it can be put off and resumed exactly: in Go's code, or in a
 * system call that can be interrupted. `except`: none of these. Errors: `cannot-stop`, `target-stopped`.
 */
export function holdOne(tracee: Tracee, places: Places, except: ReadonlySet<number> = new Set()): HeldThread {
  const until = monotonicNs() + BigInt(SEARCH_MS) * 1_000_000n;
  for (let round = 0; monotonicNs() < until; round++) {
    for (const tid of tracee.threads()) {
      if (except.has(tid)) continue;
      const thread = TracedThread.seize(tracee, tid);
      if (typeof thread === 'number') {
        if (thread === ERRNO.EPERM && isAlive(tracee.pid, tid)) throw seizeRefused(tracee, tid, thread);
        continue;
      }
      thread.interrupt();
      const result = thread.stop();
      const back = result === 'stopped' ? resumeState(tracee, thread, places) : undefined;
      if (back !== undefined) return { thread, back };
      thread.release();
      if (result === 'job-stop') throw targetStopped(tracee.pid);
    }
    if (round > 3) sleep(0.5);
  }
  throw cannotStop(tracee, 'none of its threads is where it could do something for us');
}

/** The registers with which the thread goes on as if nothing had been; undefined where that is not certain. */
function resumeState(tracee: Tracee, thread: TracedThread, places: Places): BigUint64Array | undefined {
  const { registers } = thread;
  if ([...places.sites, places.room].some(({ start, end }) => thread.isIn(start, end))) return undefined;
  const [rip, call, result] = [
    registers[REG.rip] ?? 0n,
    BigInt.asIntN(64, registers[REG.origRax] ?? 0n),
    BigInt.asIntN(64, registers[REG.rax] ?? 0n),
  ];
  const back = registers.slice();
  if (call < 0n) {
    const inGo = rip >= BigInt(places.text.start) && rip < BigInt(places.text.end);
    return inGo ? back : undefined;
  }
  const before = tracee.read(Number(rip - SYSCALL_BYTES), 2);
  if (!RESUMABLE.includes(call) || before[0] !== 0x0f || before[1] !== 0x05) return undefined;
  // What the kernel would do itself on its way back.
  if (RESTART.includes(result)) back[REG.rax] = BigInt.asUintN(64, call);
  else if (result === RESTART_BLOCK) back[REG.rax] = RESTART_SYSCALL;
  else return back;
  back[REG.rip] = rip - SYSCALL_BYTES;
  return back;
}

/**
 * Has a held thread run a payload, up to the end of its last system call; others run meanwhile. Signals are passed
 * on: their handlers run in between. Gives the results. Errors: `no-such-process`, `half-done`.
 */
export function runPayload(
  tracee: Tracee,
  thread: TracedThread,
  payload: { readonly start: number; readonly room: Places['room']; readonly calls: number },
  ended: (call: number, result: number) => void,
): number[] {
  const registers = thread.registers.slice();
  registers[REG.rip] = BigInt(payload.start);
  registers[REG.origRax] = 0xffff_ffff_ffff_ffffn;
  tracee.step('before setregs');
  must(tracee, ptrace.setRegs(thread.tid, registers));
  tracee.step('setregs');
  const results: number[] = [];
  let [signal, ours] = [0, false];
  while (results.length < payload.calls) {
    must(tracee, ptrace.toSyscall(thread.tid, signal));
    tracee.step('syscall go');
    signal = 0;
    const state = waitFor(() => {
      const now = ptrace.state(thread.tid);
      return now.kind === 'running' ? undefined : now;
    }, RUN_MS);
    if (state === undefined) throw halfDone(tracee, `thread ${thread.tid} does not go on`);
    if (state.kind === 'gone') throw tracee.gone();
    if (state.kind === 'signal') ({ signal } = state);
    if (state.kind !== 'syscall') continue;
    const info = ptrace.syscallInfo(thread.tid);
    const at = Number(info.at);
    if (info.entry) ours = at >= payload.room.start && at < payload.room.end;
    else if (ours) {
      // The end of a handler is the end of a system call as well, and may lie in the payload.
      ours = false;
      results.push(Number(info.result));
      ended(results.length, Number(info.result));
      tracee.step(`call ${results.length} of ${payload.calls} done`);
    }
  }
  return results;
}

/** Lets the thread run out of the payload, and holds it again. Errors: `no-such-process`, `half-done`. */
export function leavePayload(tracee: Tracee, thread: TracedThread, room: Places['room']): void {
  const until = monotonicNs() + BigInt(RUN_MS) * 1_000_000n;
  for (let nap: number = LEAVE_MS.first; monotonicNs() < until; nap = Math.min(2 * nap, LEAVE_MS.last)) {
    // One that was asked and is still on its way to where it will stand has nothing to be let go from.
    if (thread.held) {
      thread.resume();
      sleep(nap);
    }
    thread.interrupt();
    const result = thread.stop();
    if (result === 'gone') return;
    if (result === 'job-stop') continue;
    if (result === 'stopped' && !thread.isIn(room.start, room.end)) return;
  }
  throw halfDone(tracee, `thread ${thread.tid} does not leave the payload`);
}

function must(tracee: Tracee, result: SyscallResult): void {
  if (!result.ok) throw tracee.gone();
}
