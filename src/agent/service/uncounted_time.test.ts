import { expect, it } from 'vitest';
import { UncountedTime } from './uncounted_time.ts';

const ALL = { reads: true, paused: false };
const WRITES = { reads: false, paused: false };
const NONE = { reads: false, paused: true };

it('says of each window how long not all was counted', () => {
  const time = new UncountedTime(ALL, 0);
  expect(time.take(1000)).toEqual([]);
  time.change(WRITES, 1200, 1200);
  time.change(NONE, 1700, 1700);
  expect(time.take(2000)).toEqual([
    { ops: 'all', ms: 300 },
    { ops: 'reads', ms: 500 },
  ]);
  expect(time.take(3000)).toEqual([{ ops: 'all', ms: 1000 }]);
  time.change(ALL, 3000, 3000);
  expect(time.take(4000)).toEqual([]);
});

it('counts the time in which probes go or come, too', () => {
  const time = new UncountedTime(ALL, 0);
  time.change(NONE, 100, 400);
  time.change(WRITES, 500, 700);
  time.change(ALL, 800, 900);
  expect(time.take(1000)).toEqual([
    { ops: 'all', ms: 600 },
    { ops: 'reads', ms: 200 },
  ]);
});

it('a clock that goes back takes nothing away', () => {
  const time = new UncountedTime(NONE, 5000);
  expect(time.take(4000)).toEqual([]);
  expect(time.take(4500)).toEqual([{ ops: 'all', ms: 500 }]);
});

it('gives whole milliseconds, and loses nothing of the rest', () => {
  const time = new UncountedTime(NONE, 0.75);
  const taken = [250.5, 500.25, 1001].flatMap((now) => time.take(now));
  expect(taken.map(({ ms }) => ms)).toEqual([249, 250, 501]);
  expect(time.take(1001.8).map(({ ms }) => ms)).toEqual([1]);
});
