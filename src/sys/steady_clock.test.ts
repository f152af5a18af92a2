import { expect, it } from 'vitest';
import { SteadyClock } from './steady_clock.ts';

const BEGAN = Date.UTC(2026, 2, 1, 12);

function machine(): { monotonic: number; set: number; clock: SteadyClock } {
  const state = { monotonic: 5000, set: 0 };
  const clock = new SteadyClock({
    wall: () => BEGAN + state.monotonic - 5000 + state.set,
    monotonic: () => state.monotonic,
  });
  return Object.assign(state, { clock });
}

it.each([-3_600_000, 3_600_000, -1500, 1500])('goes on evenly until it is looked at (set by %d)', (by) => {
  const one = machine();
  one.monotonic += 2000;
  one.set = by;
  expect(one.clock.now()).toBe(BEGAN + 2000);
  expect(one.clock.movedMs).toBe(0);
  expect(one.clock.look()).toBe(by);
  expect(one.clock.now()).toBe(BEGAN + 2000 + by);
  expect(one.clock.movedMs).toBe(by);
  expect(one.clock.look()).toBeUndefined();
});

it('takes a small adjustment over without a word, and what only the reading took not at all', () => {
  const one = machine();
  one.set = 300;
  expect(one.clock.look()).toBeUndefined();
  expect(one.clock.now()).toBe(BEGAN + 300);
  one.set = 315;
  expect(one.clock.look()).toBeUndefined();
  expect(one.clock.now()).toBe(BEGAN + 300);
});

it('believes no difference that was read while the process did not run', () => {
  let [monotonic, pause] = [0, 0];
  const clock = new SteadyClock({
    wall: () => BEGAN + (monotonic += pause),
    monotonic: () => monotonic,
  });
  pause = 4000;
  expect(clock.look()).toBeUndefined();
  expect(clock.movedMs).toBe(0);
});
