import { onlineCpus } from '../../sys/cpus.ts';

/** What a probe of a service takes of the kernel's memory: several stand in each process, on each CPU. */
export interface ProbeMemory {
  /** Of each CPU's ring. */
  readonly ringBytes: number;
  /** Of each CPU's table of exact counters. */
  readonly counterSlots: number;
}

/**
 * Small, so that what one look at the rings brings is soon done with, and it is soon seen that less is wanted: of a
 * program that does a million operations a second most events are left out anyway.
 */
const RING = { budget: 4 << 20, most: 1 << 19, least: 1 << 16 } as const;
/** 4 MB of slots over all CPUs. All are looked through for each window. */
const SLOTS = { budget: 1 << 16, most: 1 << 14, least: 1 << 8 } as const;

/** Powers of two, so small on large machines that many processes can be watched there. `asked`: bytes of a ring. */
export function probeMemory(asked: number | undefined, cpus = onlineCpus().length): ProbeMemory {
  return { ringBytes: asked ?? share(RING, cpus), counterSlots: share(SLOTS, cpus) };
}

function share({ budget, most, least }: Record<'budget' | 'most' | 'least', number>, cpus: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.floor(Math.log2(budget / cpus))));
}
