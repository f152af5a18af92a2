import { keepAlive, addressOf, SYS, trySyscall } from './libc.ts';

/** include/uapi/asm-generic/resource.h */
const RLIMIT_MEMLOCK = 8;
const RLIM_INFINITY = 2n ** 64n - 1n;

/**
 * Lets this process lock as much memory as it likes; false when it may not. Kernels before 5.11 count BPF maps
 * against this limit, which is small by default.
 */
export function raiseLockedMemory(): boolean {
  const wanted = BigUint64Array.of(RLIM_INFINITY, RLIM_INFINITY);
  const result = trySyscall(SYS.prlimit64, 0, RLIMIT_MEMLOCK, addressOf(wanted), 0);
  keepAlive(wanted);
  return result.ok;
}
