import { expect, it } from 'vitest';
import type { ApiRates } from '../../src/protocol/api.ts';
import { perSecondPoints } from '../chart/rates.ts';
import { compared, overlay } from './compare.ts';

const rates = (at: number, series: Record<string, (number | null)[]>): ApiRates => ({
  type: 'rates',
  at,
  step: 1000,
  other: 0,
  recorded: Object.values(series)[0]?.map(() => 1000) ?? [],
  series: Object.entries(series).map(([name, points]) => ({
    name,
    total: points.reduce<number>((sum, point) => sum + (point ?? 0), 0),
    points,
  })),
});

it('joins two answers, what changed most first, and tells what is new or gone', () => {
  const was = rates(0, { a: [10, 10], b: [2, 2], gone: [1, 1] });
  const is = rates(2000, { a: [1, 1, 1, 1], b: [2, 2, 2, 2], fresh: [20, 20, 0, 0] });
  const rows = compared(was, is);
  expect(rows.map(({ name, before, after, factor }) => [name, before, after, factor])).toEqual([
    ['fresh', 0, 10, undefined],
    ['a', 10, 1, 0.1],
    ['gone', 1, 0, 0],
    ['b', 2, 2, 1],
  ]);
});

it('a rate is over what was recorded: half of the last step, and nothing before the first', () => {
  const was = { ...rates(0, { a: [null, 10, 10] }), recorded: [0, 1000, 1000] };
  const is = { ...rates(3000, { a: [10, 10, 5] }), recorded: [1000, 1000, 500] };
  expect(compared(was, is)).toMatchObject([{ before: 10, after: 10, change: 0 }]);
  expect([...overlay(is, { from: 3000, to: 6000 }, undefined).values()]).toEqual([10, 10, 10]);
  const [a] = is.series;
  expect(a && perSecondPoints(a, is)).toEqual([10, 10, 10]);
});

it('lays a range over another by the time since it began, with gaps where nothing is known', () => {
  const one = rates(4000, { a: [1, null, 3], b: [4, null, null] });
  expect([...overlay(one, { from: 4000, to: 7000 }, undefined)]).toEqual([
    [0, 5],
    [1000, null],
    [2000, 3],
  ]);
  expect([...overlay(one, { from: 4000, to: 7000 }, 'b').values()]).toEqual([4, null, 0]);
});
