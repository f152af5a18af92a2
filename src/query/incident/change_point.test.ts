import { describe, expect, it } from 'vitest';
import { changePoints, median } from './change_point.ts';

/** Repeatable noise: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Counts of a second at a rate: near enough to Poisson. */
const noise = (n: number, rate: number, next: () => number): number[] =>
  Array.from({ length: n }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal));
  });

describe('changes that are there', () => {
  it.each([
    [30, 10, 200],
    [20, 2000, 200],
    [45, 0, 50],
    [15, 100, 300],
  ])('after %i seconds from %i to %i a second', (at, before, after) => {
    for (let seed = 1; seed <= 50; seed++) {
      const next = random(seed);
      const found = changePoints([...noise(at, before, next), ...noise(60 - at, after, next)]);
      expect(found).toHaveLength(1);
      expect(Math.abs((found[0]?.at ?? 0) - at)).toBeLessThanOrEqual(1);
    }
  });

  it('finds both edges of a storm', () => {
    const next = random(3);
    const values = [...noise(20, 10, next), ...noise(15, 500, next), ...noise(25, 10, next)];
    expect(changePoints(values).map(({ at }) => at)).toEqual([20, 35]);
    expect(changePoints(values.map((v) => 600 - Math.min(600, v))).map(({ at }) => at)).toEqual([20, 35]);
  });

  it('with few seconds before it, where nothing overlaps', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const next = random(seed);
      const values = [...noise(6, 288, next), ...noise(18, 1181, next), ...noise(20, 288, next)];
      expect(changePoints(values).map(({ at }) => at)).toEqual([6, 24]);
    }
  });

  it('tells the medians of neighbours', () => {
    const values = [
      ...Array<number>(20).fill(10),
      ...Array<number>(20).fill(500),
      ...Array<number>(20).fill(100),
    ];
    expect(changePoints(values).map(({ before, after }) => [before, after])).toEqual([
      [10, 500],
      [500, 100],
    ]);
  });
});

describe('no change is reported', () => {
  it.each([1, 20, 300, 50_000])('in noise of %i a second', (rate) => {
    for (let seed = 1; seed <= 200; seed++) expect(changePoints(noise(60, rate, random(seed)))).toEqual([]);
  });

  it('in short noise, however it is spread', () => {
    for (const n of [10, 14, 20, 30])
      for (let seed = 1; seed <= 200; seed++) {
        const next = random(seed);
        expect(changePoints(noise(n, 20, next))).toEqual([]);
        expect(
          changePoints(Array.from({ length: n }, () => Math.round(-200 * Math.log(1 - next())))),
        ).toEqual([]);
        expect(changePoints(Array.from({ length: n }, () => Math.ceil(1000 * next())))).toEqual([]);
      }
  });

  it('in bursts: noise of ten times its Poisson scatter', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = random(seed);
      const values = noise(60, 100, next).map((v) => v * Math.ceil(next() * 10));
      expect(changePoints(values)).toEqual([]);
    }
  });

  it('in waits between bursts, which are spread exponentially', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = random(seed);
      const values = Array.from({ length: 120 }, () => Math.round(-200 * Math.log(1 - next())));
      expect(changePoints(values)).toEqual([]);
    }
  });

  it('for single peaks, however high', () => {
    const values = noise(60, 20, random(7));
    for (const at of [3, 30, 31, 58]) values[at] = 1e6;
    expect(changePoints(values)).toEqual([]);
  });

  it('for what comes every ten seconds', () => {
    expect(changePoints(Array.from({ length: 120 }, (_, i) => (i % 10 === 0 ? 5000 : 3)))).toEqual([]);
  });

  it('where there is little to go by', () => {
    expect(changePoints([])).toEqual([]);
    expect(changePoints([1, 1, 1, 900, 900, 900])).toEqual([]);
    expect(changePoints(Array<number>(60).fill(0))).toEqual([]);
  });

  it('for a third more', () => {
    expect(changePoints([...Array<number>(30).fill(900), ...Array<number>(30).fill(1200)])).toEqual([]);
  });
});

it('takes the middle', () => {
  expect([median([]), median([3]), median([4, 1]), median([9, 1, 5])]).toEqual([0, 3, 2.5, 5]);
});
