import { describe, expect, it } from 'vitest';
import { probeMemory } from './probe_memory.ts';

const of = (cpus: number): number[] => {
  const { ringBytes, counterSlots } = probeMemory(undefined, cpus);
  return [ringBytes, counterSlots];
};

describe('probeMemory', () => {
  it('is what all CPUs together may have, in powers of two', () => {
    expect([1, 4, 5, 16, 63, 64].map(of)).toEqual([
      [1 << 19, 16384],
      [1 << 19, 16384],
      [1 << 19, 8192],
      [1 << 18, 4096],
      [1 << 16, 1024],
      [1 << 16, 1024],
    ]);
  });

  it('has rings as they were asked for', () => {
    expect(probeMemory(4096, 64)).toEqual({ ringBytes: 4096, counterSlots: 1024 });
  });

  it('is enough of each CPU on the largest machines', () => {
    expect(of(1024)).toEqual([1 << 16, 256]);
  });
});
