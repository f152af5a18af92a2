import { describe, expect, it } from 'vitest';
import { ringBytesOf } from './ring_size.ts';

const MB = 1 << 20;

describe('ringBytesOf', () => {
  it('takes what was asked for', () => {
    expect(ringBytesOf(1 << 16, 4)).toBe(1 << 16);
  });

  it('is the largest that all CPUs together may have, and a power of two', () => {
    expect([1, 32, 33, 64, 65, 128, 1000].map((cpus) => ringBytesOf(undefined, cpus) / MB)).toEqual([
      4, 4, 2, 2, 1, 1, 1,
    ]);
  });
});
