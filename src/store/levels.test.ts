import { describe, expect, it } from 'vitest';
import { HOUR, type LevelExtent, MINUTE, planPieces, SECOND } from './levels.ts';

/** 1 s from `second` on, 1 min up to `minute[1]`, 1 h up to `hour[1]`. */
const extents = (
  second: number,
  minute: readonly [number, number],
  hour: readonly [number, number],
): LevelExtent[] => [
  { ms: SECOND, from: second, to: Infinity },
  { ms: MINUTE, from: minute[0], to: minute[1] },
  { ms: HOUR, from: hour[0], to: hour[1] },
];
const plan = (from: number, to: number, step: number, of: readonly LevelExtent[]): string[] =>
  planPieces(from, to, step, of).map(({ level, from: a, to: b }) => `${level.ms / 1000}s ${a}-${b}`);

describe('planPieces', () => {
  const all = extents(0, [0, 3 * HOUR], [0, 3 * HOUR]);

  it('takes the level of the step, and finer ones at the edges', () => {
    expect(plan(0, 2 * HOUR, HOUR, all)).toEqual(['3600s 0-7200000']);
    expect(plan(59_000, 2 * MINUTE + 1000, MINUTE, all)).toEqual([
      '1s 59000-60000',
      '60s 60000-120000',
      '1s 120000-121000',
    ]);
    expect(plan(HOUR - MINUTE - 1000, 2 * HOUR + MINUTE, HOUR, all)).toEqual([
      '1s 3539000-3540000',
      '60s 3540000-3600000',
      '3600s 3600000-7200000',
      '60s 7200000-7260000',
    ]);
  });

  it('takes finer ones for what is not rolled up yet', () => {
    const of = extents(0, [0, 90 * MINUTE], [0, HOUR]);
    expect(plan(0, 2 * HOUR, HOUR, of)).toEqual([
      '3600s 0-3600000',
      '60s 3600000-5400000',
      '1s 5400000-7200000',
    ]);
  });

  it('takes coarser ones where finer are gone, and the time grows to their bounds', () => {
    const of = extents(2 * HOUR, [HOUR, 3 * HOUR], [0, 3 * HOUR]);
    expect(plan(30 * MINUTE, 40 * MINUTE, MINUTE, of)).toEqual(['3600s 0-3600000']);
    expect(plan(HOUR + 500, 3 * HOUR, SECOND, of)).toEqual(['60s 3600000-7200000', '1s 7200000-10800000']);
    expect(plan(0, 3 * HOUR, SECOND, of)).toEqual([
      '3600s 0-3600000',
      '60s 3600000-7200000',
      '1s 7200000-10800000',
    ]);
  });

  it('has nothing for a time of which nothing is kept', () => {
    expect(plan(0, HOUR, MINUTE, extents(9 * HOUR, [9 * HOUR, 9 * HOUR], [5 * HOUR, 9 * HOUR]))).toEqual([]);
    expect(plan(5, 5, SECOND, all)).toEqual([]);
  });

  it('covers each moment once, whatever is asked (1,000 random times)', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 1000; round++) {
      const hourTo = random(10) * HOUR;
      const minuteTo = hourTo + random(60) * MINUTE;
      const hourFrom = random(4) * HOUR;
      const minuteFrom = hourFrom + random(4) * HOUR;
      const secondFrom = minuteFrom + random(200) * MINUTE;
      const of = extents(secondFrom, [minuteFrom, minuteTo], [hourFrom, hourTo]);
      const from = random(8 * 3600) * 1000;
      const to = from + random(8 * 3600) * 1000;
      const step = [SECOND, MINUTE, HOUR, 5 * SECOND, 2 * HOUR][random(5)]!;
      const pieces = planPieces(from, to, step, of);
      let last = -Infinity;
      for (const { level, from: a, to: b } of pieces) {
        expect(a).toBeGreaterThanOrEqual(last);
        expect(b).toBeGreaterThan(a);
        if (level.ms !== SECOND) expect([a % level.ms, b % level.ms]).toEqual([0, 0]);
        last = b;
      }
      // What any level has is in a piece.
      for (let probe = 0; probe < 20; probe++) {
        const at = from + random(Math.max(1, (to - from) / 1000)) * 1000;
        if (at >= to) continue;
        const kept = of.some(({ ms, from: a, to: b }) => {
          const start = Math.floor(at / ms) * ms;
          return start >= a && start < b;
        });
        const covered = pieces.filter(({ from: a, to: b }) => at >= a && at < b).length;
        expect(covered).toBe(kept ? 1 : 0);
      }
    }
  });

  it('covers the same time whichever level is wanted, so that sums are the same (1,000 random times)', () => {
    let seed = 5;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 1000; round++) {
      const hourTo = random(10) * HOUR;
      const minuteTo = hourTo + random(60) * MINUTE;
      const hourFrom = Math.min(random(4) * HOUR, hourTo);
      const minuteFrom = Math.min(hourFrom + random(4) * HOUR, hourTo);
      const secondFrom = Math.min(minuteFrom + random(200) * MINUTE, minuteTo);
      const of = extents(secondFrom, [minuteFrom, minuteTo], [hourFrom, hourTo]);
      const from = random(8 * 3600) * 1000;
      const to = from + random(8 * 3600) * 1000;
      const covered = [SECOND, MINUTE, HOUR].map((step) => {
        const pieces = planPieces(from, to, step, of);
        const length = pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0);
        return [pieces[0]?.from, pieces.at(-1)?.to, length];
      });
      expect(covered).toEqual([covered[0], covered[0], covered[0]]);
    }
  });
});
