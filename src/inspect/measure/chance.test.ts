import { describe, expect, it } from 'vitest';
import { binomialAbove, binomialAboveExactly, chiSquareZ, goodEntropy, normalAbove } from './chance.ts';

describe('what chance gives', () => {
  it('is that of the tables', () => {
    expect(normalAbove(0)).toBeCloseTo(0.5, 6);
    expect(normalAbove(1.959964)).toBeCloseTo(0.025, 6);
    expect(normalAbove(-1.281552)).toBeCloseTo(0.9, 6);
    // The chi-square that 5 % and 0.1 % of all samples exceed.
    expect(normalAbove(chiSquareZ(18.307, 10))).toBeCloseTo(0.05, 3);
    expect(normalAbove(chiSquareZ(149.449, 100))).toBeCloseTo(0.001, 4);
  });

  it('of keys in buckets is what counting gives', () => {
    // Nine keys all in the same one of two: 2^-9. Close to 1 - e^-1 (1 + 1 + 1/2) where there are many.
    expect(binomialAboveExactly(9, 2, 8)).toBeCloseTo(1 / 512, 9);
    expect(binomialAboveExactly(100_000, 100_000, 2)).toBeCloseTo(0.0803, 4);
    expect(binomialAbove(896, 1, 896)).toBe(0);
    expect(binomialAbove(897, 1, 896)).toBe(1);
    expect(binomialAbove(1000, 2, 500)).toBeCloseTo(0.487, 2);
  });

  it('as entropy is that of random draws', () => {
    const [places, keys] = [256, 1600];
    let state = 1;
    const counts = new Array<number>(places).fill(0);
    let sum = 0;
    for (let round = 0; round < 50; round++) {
      counts.fill(0);
      for (let i = 0; i < keys; i++) {
        state = Number((BigInt(state) * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffn);
        const place = Math.floor(state / 2 ** 40) % places;
        counts[place] = (counts[place] ?? 0) + 1;
      }
      for (const n of counts) if (n > 0) sum -= (n / keys) * Math.log2(n / keys);
    }
    expect(goodEntropy(keys, places)).toBeCloseTo(sum / 50, 2);
    expect(goodEntropy(0, 8)).toBe(0);
    expect(goodEntropy(1, 1024)).toBeLessThan(0.01);
  });
});
