import { addressOf, succeed, SYS, trySyscall } from './libc.ts';

const CLOCK_REALTIME = 0;

/** CLOCK_MONOTONIC in nanoseconds: the clock of `bpf_ktime_get_ns`, and the one that Node's hrtime reads. */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}

/** Wall clock minus CLOCK_MONOTONIC, in nanoseconds. */
export function wallOffsetNs(): bigint {
  const spec = new BigInt64Array(2);
  const before = monotonicNs();
  succeed(trySyscall(SYS.clockGettime, CLOCK_REALTIME, addressOf(spec)), 'clock_gettime');
  const after = monotonicNs();
  const wall = (spec[0] ?? 0n) * 1_000_000_000n + (spec[1] ?? 0n);
  return wall - (before + after) / 2n;
}
