import { addressOf, keepAlive, SYS, trySyscall } from './libc.ts';

/** include/uapi/asm-generic/signal-defs.h */
const SIG_SETMASK = 2;
/** SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV: raised by an instruction, and deadly while held back. */
const NEVER_HELD = [4, 5, 7, 8, 11];

const ALL_BUT_THOSE = NEVER_HELD.reduce((mask, signal) => mask & ~(1n << BigInt(signal - 1)), ~0n);

/**
 * Does something while no signal reaches this thread; those that come meanwhile are delivered afterwards. Only
 * for a system call that the kernel would break off for a pending signal. SIGKILL cannot be held back.
 */
export function withSignalsHeld<T>(work: () => T): T {
  const mask = BigInt64Array.of(ALL_BUT_THOSE);
  const before = new BigInt64Array(1);
  const setMask = (to: BigInt64Array, old: BigInt64Array | undefined): boolean => {
    const oldAddress = old === undefined ? 0 : addressOf(old);
    return trySyscall(SYS.rtSigprocmask, SIG_SETMASK, addressOf(to), oldAddress, 8).ok;
  };
  const held = setMask(mask, before);
  try {
    return work();
  } finally {
    if (held) setMask(before, undefined);
    keepAlive(mask, before);
  }
}
