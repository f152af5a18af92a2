import { ERRNO } from './errno.ts';
import { addressOf, keepAlive, SYS, type SyscallResult, trySyscall } from './libc.ts';

/** include/uapi/linux/ptrace.h and arch/x86/include/asm/ptrace-abi.h. */
export const PTRACE = {
  cont: 7,
  getRegs: 12,
  setRegs: 13,
  detach: 17,
  syscall: 24,
  seize: 0x4206,
  interrupt: 0x4207,
  getSigmask: 0x420a,
  seccompGetFilter: 0x420c,
  getSyscallInfo: 0x420e,
} as const;
const TRACESYSGOOD = 1;
/** A stop at a system call, with TRACESYSGOOD. */
export const SYSCALL_STOP = 5 | 0x80;
export const SIGTRAP = 5;
const EVENT_STOP = 128;

/** Indexes into the registers of a thread: struct user_regs_struct of x86-64, 27 words. */
export const REG = {
  r15: 0, r14: 1, r13: 2, r12: 3, rbp: 4, rbx: 5, r11: 6, r10: 7, r9: 8, r8: 9, rax: 10, rcx: 11, rdx: 12,
  rsi: 13, rdi: 14, origRax: 15, rip: 16, cs: 17, eflags: 18, rsp: 19,
} as const; // prettier-ignore
const REGISTERS = 27;

const WNOHANG = 1;
const WSTOPPED = 2;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const WALL = 0x40000000;
const P_PID = 1;
/** A look at what a thread does: the report stays with the kernel, see `ptrace.state`. waitid(2). */
export const WAIT = { byPid: P_PID, look: WNOHANG | WSTOPPED | WEXITED | WNOWAIT | WALL } as const;
/** siginfo_t. */
export const SIGINFO_WORDS = 32;
const CLD_TRAPPED = 4;
const CLD_STOPPED = 5;

/**
 * What a traced thread does: `stopped` by us (`group`: with its whole process, by a job signal), about to get a
 * `signal`, at a `syscall`, at some other `event`; `running`, or `gone`.
 */
export type ThreadState =
  | { readonly kind: 'stopped'; readonly group: boolean }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'syscall' }
  | { readonly kind: 'event' }
  | { readonly kind: 'running' }
  | { readonly kind: 'gone' };

const request = (
  number: number,
  tid: number,
  address: number | bigint,
  data: number | bigint,
): SyscallResult => trySyscall(SYS.ptrace, number, tid, address, data);

const info = new Int32Array(SIGINFO_WORDS);

/**
 * ptrace(2) on threads of another process. All calls for a thread must come from the system thread that has seized it;
 * when that ends, by a signal too, the kernel lets go of all its threads.
 */
export const ptrace = {
  seize: (tid: number): SyscallResult => request(PTRACE.seize, tid, 0, TRACESYSGOOD),
  interrupt: (tid: number): SyscallResult => request(PTRACE.interrupt, tid, 0, 0),
  cont: (tid: number, signal: number): SyscallResult => request(PTRACE.cont, tid, 0, signal),
  /** Goes on to the next beginning or end of a system call. */
  toSyscall: (tid: number, signal: number): SyscallResult => request(PTRACE.syscall, tid, 0, signal),
  detach: (tid: number): SyscallResult => request(PTRACE.detach, tid, 0, 0),

  getRegs(tid: number, into: BigUint64Array): boolean {
    const { ok } = request(PTRACE.getRegs, tid, 0, addressOf(into));
    keepAlive(into);
    return ok;
  },

  setRegs(tid: number, from: BigUint64Array): SyscallResult {
    const result = request(PTRACE.setRegs, tid, 0, addressOf(from));
    keepAlive(from);
    return result;
  },

  /** The signals that the thread holds back. */
  signalMask(tid: number): bigint {
    const mask = new BigUint64Array(1);
    request(PTRACE.getSigmask, tid, 8, addressOf(mask));
    return mask[0] ?? 0n;
  },

  /** At a system call: `entry` with the address after the instruction, or `exit` with the result. */
  syscallInfo(tid: number): { entry: boolean; at: bigint; result: bigint } {
    const bytes = new DataView(new ArrayBuffer(96));
    request(PTRACE.getSyscallInfo, tid, 96, addressOf(bytes));
    keepAlive(bytes);
    return {
      entry: bytes.getUint8(0) === 1,
      at: bytes.getBigUint64(8, true),
      result: bytes.getBigInt64(24, true),
    };
  },

  /** The instructions of a seccomp filter, 8 bytes each; undefined beyond the last, or the errno. */
  seccompFilter(tid: number, index: number): Uint8Array | number | undefined {
    const size = request(PTRACE.seccompGetFilter, tid, index, 0);
    if (!size.ok) return size.errno === ERRNO.ENOENT ? undefined : size.errno;
    const bytes = new Uint8Array(size.value * 8);
    const got = request(PTRACE.seccompGetFilter, tid, index, addressOf(bytes));
    keepAlive(bytes);
    return got.ok ? bytes : got.errno;
  },

  /**
   * What a thread does now. The report stays with the kernel (WNOWAIT): were it taken and the tracer killed then, a
   * signal that the thread was about to get would be lost.
   */
  state(tid: number): ThreadState {
    info.fill(0);
    const result = trySyscall(SYS.waitid, WAIT.byPid, tid, addressOf(info), WAIT.look, 0);
    if (!result.ok) return result.errno === ERRNO.EINTR ? RUNNING : GONE;
    const state = stateIn(info, 0);
    if (state.kind === 'gone')
      trySyscall(SYS.waitid, P_PID, tid, addressOf(info), WNOHANG | WEXITED | WALL, 0);
    return state;
  },
};

const RUNNING = { kind: 'running' } as const;
const GONE = { kind: 'gone' } as const;

/** What waitid(2) has reported in the siginfo_t that begins at word `at`. */
export function stateIn(words: Int32Array, at: number): ThreadState {
  if (words[at] === 0) return RUNNING;
  const [code, status] = [words[at + 2] ?? 0, words[at + 6] ?? 0];
  if (code !== CLD_TRAPPED && code !== CLD_STOPPED) return GONE;
  if (status >> 8 === EVENT_STOP) return { kind: 'stopped', group: (status & 0xff) !== SIGTRAP };
  if (status === SYSCALL_STOP) return { kind: 'syscall' };
  return status >> 8 === 0 ? { kind: 'signal', signal: status & 0x7f } : { kind: 'event' };
}

export const newRegisters = (): BigUint64Array => new BigUint64Array(REGISTERS);
