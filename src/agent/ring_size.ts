import { onlineCpus } from '../sys/cpus.ts';

const MB = 1 << 20;
const LARGEST = 4 * MB;
const SMALLEST = 1 * MB;
/** Over all CPUs. */
const BUDGET = 128 * MB;

/** Bytes of each CPU's ring: a power of two, 4 MB where that is affordable. */
export function ringBytesOf(asked: number | undefined, cpus = onlineCpus().length): number {
  if (asked !== undefined) return asked;
  const share = 2 ** Math.floor(Math.log2(BUDGET / cpus));
  return Math.max(SMALLEST, Math.min(LARGEST, share));
}
