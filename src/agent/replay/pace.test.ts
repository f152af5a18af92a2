import { expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

/** How much a pace lets pass for recorded moments, on a clock that only its waiting moves. */
async function waited(speed: number | undefined, moments: readonly number[]): Promise<number[]> {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const pace = new Pace(speed, new AbortController().signal);
    const times: number[] = [];
    for (const moment of moments) {
      while (pace.isAhead(moment)) vi.advanceTimersByTime(1);
      await pace.until(moment);
      times.push(performance.now());
    }
    return times.map((time) => time - (times[0] ?? 0));
  } finally {
    vi.useRealTimers();
  }
}

const START = Date.parse('2026-03-01T12:00:00Z');
const MOMENTS = [0, 500, 500, 2000].map((ms) => START + ms);

/** Less than a millisecond is not waited for. */
const about = (times: readonly number[]): unknown[] => times.map((ms) => expect.closeTo(ms, -0.4) as unknown);

it('lets recorded time pass as it did, or so many times as fast', async () => {
  expect(await waited(1, MOMENTS)).toEqual(about([0, 500, 500, 2000]));
  expect(await waited(10, MOMENTS)).toEqual(about([0, 50, 50, 200]));
  expect(await waited(0.5, MOMENTS)).toEqual(about([0, 1000, 1000, 4000]));
});

it('holds nothing up without a speed, nor for what is over already or has no time', async () => {
  expect(await waited(undefined, MOMENTS)).toEqual([0, 0, 0, 0]);
  expect(await waited(1, [START, START - 5000, NaN])).toEqual([0, 0, 0]);
});

it('stops waiting when the run is ended', async () => {
  const ending = new AbortController();
  const pace = new Pace(1, ending.signal);
  await pace.until(START);
  const far = pace.until(START + 3_600_000);
  expect(pace.ended).toBe(false);
  ending.abort();
  await far;
  expect(pace.ended).toBe(true);
});
