import { expect, it } from 'vitest';
import { LookTimes } from './look_times.ts';

it('looks soon after a process has joined, and then every ten seconds', () => {
  const times = new LookTimes<string>();
  times.joined('shop', 0);
  expect(times.next(999)).toBeUndefined();
  expect(times.next(1000)).toBe('shop');
  // The first look took long, and puts nothing off.
  times.looked('shop', 3000, 2000);
  expect(times.next(12_999)).toBeUndefined();
  expect(times.next(13_000)).toBe('shop');
  times.looked('shop', 13_000, 50);
  expect(times.next(23_000)).toBe('shop');
});

it('takes a hundredth of one CPU for all processes together', () => {
  const times = new LookTimes<string>();
  for (const name of ['a', 'b']) times.joined(name, 0);
  for (const name of ['a', 'b']) {
    times.looked(name, 1000, 1000);
    times.looked(name, 11_000, 200);
  }
  expect(times.next(50_999)).toBeUndefined();
  expect(times.next(51_000)).toBe('a');
});

it('begins with whoever has waited longest, and forgets who has left', () => {
  const times = new LookTimes<string>();
  times.joined('late', 500);
  times.joined('early', 0);
  expect(times.next(9000)).toBe('early');
  times.left('early');
  expect(times.next(9000)).toBe('late');
  times.looked('early', 9000, 1);
  times.left('late');
  expect(times.next(1e9)).toBeUndefined();
});
