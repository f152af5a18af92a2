import { describe, expect, it } from 'vitest';
import { Ticks } from './ticks.ts';

const MS = 1_000_000n;
const SECOND = 1000n * MS;
/** 2.5 ticks a nanosecond, from some moment on. */
const ticksAt = (nanos: bigint): bigint => 7_000_000n + (nanos * 5n) / 2n;

/** Stamped twice, 20 ms apart, as at the beginning of an audit. */
function started(): Ticks {
  const ticks = new Ticks();
  for (const at of [0n, 20n * MS]) ticks.stamp(ticksAt(at), at);
  return ticks;
}

const off = (ticks: Ticks, at: bigint): number => Number(ticks.nanos(ticksAt(at)) - at);

describe('Ticks', () => {
  it('knows the rate from two stamps', () => {
    const ticks = started();
    expect(ticks.perNano).toBeCloseTo(2.5, 9);
    expect(ticks.span).toBe(20_000_000);
    for (const at of [0n, 5n * MS, 20n * MS, 3n * SECOND]) expect(off(ticks, at)).toBe(0);
  });

  it('does not believe one stamp that was taken too late', () => {
    const ticks = started();
    for (let s = 1n; s < 10n; s++) {
      ticks.stamp(ticksAt(s * SECOND), s * SECOND + (s === 5n ? 4n * MS : 0n));
      expect(Math.abs(off(ticks, s * SECOND + SECOND / 2n))).toBeLessThan(1000);
    }
    expect(Math.abs(off(ticks, 10n * SECOND))).toBeLessThan(1000);
  });

  it('does not believe one of which one half is older', () => {
    const ticks = started();
    for (let s = 1n; s < 4n; s++) ticks.stamp(ticksAt(s * SECOND), s * SECOND);
    ticks.stamp(ticksAt(4n * SECOND), 3n * SECOND + 1n);
    expect(off(ticks, 4n * SECOND)).toBe(0);
    ticks.stamp(ticksAt(5n * SECOND), 5n * SECOND);
    expect(Math.abs(off(ticks, 6n * SECOND))).toBeLessThan(1000);
  });

  it.each([3n * MS, -3n * MS, 400n * MS])('comes to a clock that is %i ns off', (shift) => {
    const ticks = started();
    for (let s = 1n; s < 20n; s++) ticks.stamp(ticksAt(s * SECOND), s * SECOND + shift);
    expect(Math.abs(off(ticks, 20n * SECOND) - Number(shift))).toBeLessThan(20_000);
  });

  it('never gives a later reading an earlier time, whatever the stamps and however late the readings come', () => {
    let seed = 1;
    const random = (n: number): number => (seed = (seed * 16807) % 2147483647) % n;
    const ticks = started();
    const seen: { at: bigint; nanos: bigint }[] = [];
    let now = 20n * MS;
    for (let i = 0; i < 3000; i++) {
      now += BigInt(random(30_000_000));
      if (random(3) === 0) ticks.stamp(ticksAt(now), now + BigInt(random(6_000_000) - 2_000_000));
      const at = now - BigInt(random(200_000_000));
      seen.push({ at, nanos: ticks.nanos(ticksAt(at)) });
    }
    seen.sort((a, b) => Number(a.at - b.at));
    const backwards = seen.filter(({ nanos }, i) => nanos < (seen[i - 1]?.nanos ?? nanos));
    expect(backwards).toEqual([]);
  });

  it('goes by the first stamp alone where there is no other', () => {
    const ticks = new Ticks();
    expect(ticks.perNano).toBe(0);
    ticks.stamp(5n, 100n);
    expect(ticks.nanos(500n)).toBe(100n);
    ticks.stamp(5n, 100n);
    expect(ticks.span).toBe(0);
  });
});
