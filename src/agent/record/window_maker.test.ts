import { expect, it } from 'vitest';
import { MAP_OPS } from '../../model/map_op.ts';
import type { Window } from '../../model/window.ts';
import { SteadyClock } from '../../sys/steady_clock.ts';
import { WindowMaker } from './window_maker.ts';

const BEGAN = Date.UTC(2026, 2, 1, 12);

/** Asks at moments since `BEGAN` by a clock that cannot be set; gives the windows that were closed. */
function windows(moments: readonly number[], set: { readonly at: number; readonly by: number }): Window[] {
  let now = 0;
  const clock = new SteadyClock({
    wall: () => BEGAN + now + (now >= set.at ? set.by : 0),
    monotonic: () => now,
  });
  const maker = new WindowMaker({ ops: MAP_OPS }, clock);
  const closed: Window[] = [];
  for (now of moments) if (maker.isOver()) closed.push(maker.close());
  return [...closed, maker.close(true)];
}

const NEVER = { at: Infinity, by: 0 };
/** Of which seconds since `BEGAN`. */
const spans = (all: readonly Window[]): string[] =>
  all.map(({ start, lengthMs, clockSetMs }) => {
    const from = (start - BEGAN) / 1000;
    return `${from}-${from + lengthMs / 1000}${clockSetMs === undefined ? '' : ` set ${clockSetMs}`}`;
  });
const every = (ms: number, until: number): number[] =>
  Array.from({ length: until / ms }, (_, i) => (i + 1) * ms);

it('closes a window each second', () => {
  expect(spans(windows(every(20, 3500), NEVER))).toEqual(['0-1', '1-2', '2-3', '3-4']);
});

it('where the end of a second was missed, the window has the length of what was counted', () => {
  const moments = [1020, 2300, 2900, 3101, 3500, 4099, 5050];
  expect(spans(windows(moments, NEVER))).toEqual(['0-1', '1-4', '4-5', '5-6']);
});

it('never met in time, a window is closed after five seconds', () => {
  const moments = [500, 1500, 2500, 3500, 4500, 5500, 6010];
  expect(spans(windows(moments, NEVER))).toEqual(['0-5', '5-6', '6-7']);
});

it('a clock that is set back an hour ends the window, and windows go on with the new time', () => {
  const all = windows(every(20, 5500), { at: 2500, by: -3_600_000 });
  expect(spans(all)).toEqual([
    '0-1',
    '1-2',
    '2-3 set -3600000',
    '-3598--3597',
    '-3597--3596',
    '-3596--3595',
    '-3595--3594',
  ]);
});

it('a clock that is set forward makes no window of the time that never was', () => {
  const all = windows(every(20, 4500), { at: 2500, by: 3_600_000 });
  expect(spans(all)).toEqual(['0-1', '1-2', '2-3 set 3600000', '3602-3603', '3603-3604', '3604-3605']);
});

it('a clock that was set before the last window is closed is no reason for a long one', () => {
  expect(spans(windows([1010, 2010], { at: 2010, by: 3_600_000 }))).toEqual([
    '0-1',
    '1-3 set 3600000',
    '3602-3603',
  ]);
});
