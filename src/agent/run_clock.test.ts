import { describe, expect, it } from 'vitest';
import { nextPause, RunClock } from './run_clock.ts';

describe('nextPause', () => {
  it('leaves quiet rings alone as long as it may', () => {
    expect(nextPause(1, 0)).toBe(25);
    expect(nextPause(25, 0.01)).toBe(25);
  });

  it('comes back sooner the fuller they were', () => {
    expect(nextPause(20, 0.1)).toBeCloseTo(20);
    expect(nextPause(20, 0.4)).toBeCloseTo(5);
    expect(nextPause(20, 1)).toBeCloseTo(2);
    expect(nextPause(2, 1)).toBe(1);
  });

  it('comes back sooner the longer the work that it found took', () => {
    expect(nextPause(20, 0.01, 3)).toBeCloseTo(20);
    expect(nextPause(25, 0.01, 5)).toBeCloseTo(15);
    expect(nextPause(20, 0.4, 6)).toBeCloseTo(5);
  });

  it('takes half of the time at most for work that does not get less', () => {
    let pause = 25;
    for (let i = 0; i < 100; i++) pause = nextPause(pause, 0, 6);
    expect(pause).toBeGreaterThanOrEqual(6);
    expect(nextPause(2, 0, 100)).toBe(25);
  });
});

describe('RunClock', () => {
  it('ends by its duration, or when told to', async () => {
    const stop = new AbortController();
    const short = new RunClock(100, stop.signal);
    expect(short.ended).toBeUndefined();
    // A timer may come a fraction of a millisecond early.
    while (short.ended === undefined) await short.tick(0);
    expect(short.ended).toBe('duration');
    const endless = new RunClock(undefined, stop.signal);
    stop.abort();
    await endless.tick(0);
    expect(endless.ended).toBe('ctrl-c');
  });
});
