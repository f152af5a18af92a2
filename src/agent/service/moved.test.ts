import { expect, it } from 'vitest';
import { SteadyClock } from '../../sys/steady_clock.ts';
import { movedSince } from './moved.ts';

it('gives what keeps to the clock of its beginning the time of the clock as it is', () => {
  let wall = 5_000_000;
  const clock = new SteadyClock({ wall: () => wall, monotonic: () => 100 });
  const moved = movedSince(clock);
  wall -= 3_600_000;
  expect(moved({ at: 7 })).toEqual({ at: 7 });
  clock.look();
  expect(moved({ at: 5_000_010, id: 1 })).toEqual({ at: 1_400_010, id: 1 });
  expect(movedSince(clock)({ at: 9 })).toEqual({ at: 9 });
});
