import koffi from 'koffi';
import { MapauditError } from '../base/errors.ts';
import { errnoName } from './errno.ts';

/** System call numbers of x86-64 Linux: arch/x86/entry/syscalls/syscall_64.tbl. */
export const SYS = {
  read: 0,
  close: 3,
  fstat: 5,
  mmap: 9,
  mprotect: 10,
  munmap: 11,
  rtSigprocmask: 14,
  ioctl: 16,
  pread64: 17,
  pwrite64: 18,
  dup: 32,
  nanosleep: 35,
  setitimer: 38,
  fcntl: 72,
  flock: 73,
  ptrace: 101,
  schedSetscheduler: 144,
  clockGettime: 228,
  waitid: 247,
  fallocate: 285,
  perfEventOpen: 298,
  prlimit64: 302,
  processVmReadv: 310,
  bpf: 321,
} as const;

type Word = number | bigint;

const libc = koffi.load('libc.so.6');
const raw = libc.func('syscall', 'long', ['long', 'long', 'long', 'long', 'long', 'long', 'long']) as (
  ...args: Word[]
) => Word;

/** What a system call returned: a value, or the errno. */
export type SyscallResult =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly errno: number };

/** One system call; never throws for what the kernel answers. Pointers come from `addressOf`. */
export function trySyscall(
  number: number,
  a: Word = 0,
  b: Word = 0,
  c: Word = 0,
  d: Word = 0,
  e: Word = 0,
  f: Word = 0,
): SyscallResult {
  const value = Number(raw(number, a, b, c, d, e, f));
  return value === -1 ? { ok: false, errno: koffi.errno() } : { ok: true, value };
}

/** The value of a result, or a MapauditError `syscall-failed` that names the call and the errno. */
export function succeed(result: SyscallResult, what: string): number {
  if (result.ok) return result.value;
  throw syscallError(what, result.errno);
}

export function syscallError(what: string, errno: number): MapauditError {
  const name = errnoName(errno);
  return new MapauditError('syscall-failed', `${what}: ${name}`, { fields: { errno, name } });
}

/**
 * Where the bytes of a typed array lie. Valid while the array is referenced: keep it in a variable beyond
 * the call that uses the address.
 */
export function addressOf(bytes: ArrayBufferView): bigint {
  return koffi.address(bytes);
}

/**
 * To be called after a system call with everything that its addresses point into: an optimizing compiler may
 * otherwise see no further use of an array during the call, and let its memory go.
 */
export function keepAlive(...arrays: readonly ArrayBufferView[]): void {
  if (arrays.some((array) => array.byteLength < 0)) throw new Error('internal: unreachable');
}

/** The memory at an address as bytes, without a copy. The caller knows that it is mapped, and until when. */
export function viewMemory(address: number, length: number): Uint8Array {
  return new Uint8Array(koffi.view(BigInt(address), length));
}

/** Calls machine code that takes nothing and returns a 64-bit number. */
export function callNumber(address: bigint): bigint {
  return BigInt(koffi.call(address, NUMBER_OF_NOTHING) as Word);
}

/** Calls machine code that takes an address and a count, and returns a number. */
export function callWithTwo(code: number, address: number, count: number): number {
  return Number(koffi.call(code, NUMBER_OF_TWO, address, count) as Word);
}

const NUMBER_OF_TWO = koffi.proto('int64_t mapaudit_two(int64_t address, int64_t count)');
const NUMBER_OF_NOTHING = koffi.proto('uint64_t mapaudit_number()');
