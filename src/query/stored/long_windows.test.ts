import { expect, it } from 'vitest';
import { sharesOf } from './long_windows.ts';

it.each([
  [1000, 3000, 1000, 10, [3, 4, 3]],
  [59_000, 2000, 60_000, 9, [5, 4]],
  [1000, 4000, 2000, 1, [0, 1]],
  [1000, 2000, 1000, 0, [0]],
])('from %d on for %d ms, by steps of %d: %d operations', (start, length, step, count, shares) => {
  expect(sharesOf(start, length, step, count)).toEqual(shares);
});
