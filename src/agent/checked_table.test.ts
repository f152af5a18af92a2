import { expect, it } from 'vitest';
import { checkedTable } from './checked_table.ts';

const TABLE = {
  type: 'table',
  columns: [
    { name: 'site', kind: 'text' },
    { name: 'count', kind: 'number' },
  ],
  rows: [
    ['shop.evict', 9],
    [null, 1],
  ],
  left: 0,
  took_ms: 1.5,
};

it('takes a table, and nothing beside it', () => {
  expect(checkedTable({ ...TABLE, more: 1 })).toEqual(TABLE);
  const uncounted = [{ process: 'shop-1', ops: 'reads', ms: 1500 }];
  expect(checkedTable({ ...TABLE, uncounted })).toEqual({ ...TABLE, uncounted });
  expect(checkedTable({ ...TABLE, columns: [], rows: [[], []] })).toMatchObject({ rows: [[], []] });
});

it.each([
  { type: 'rates' },
  { columns: undefined },
  { columns: [{ name: 'site' }] },
  { columns: [{ name: 7, kind: 'text' }, TABLE.columns[1]] },
  { columns: [{ name: 'site', kind: 'html' }, TABLE.columns[1]] },
  { columns: [null, null] },
  { rows: [['shop.evict']] },
  { rows: [['shop.evict', 9, 9]] },
  { rows: [['shop.evict', { toString: 'x' }]] },
  { rows: ['ab'] },
  { rows: { length: 0 } },
  { left: -1 },
  { left: '0' },
  { took_ms: undefined },
  { uncounted: 5 },
  { uncounted: [{ process: 'shop-1', ops: 'all' }] },
  { uncounted: [{ process: 'shop-1', ops: 'some', ms: 5 }] },
  { uncounted: [null] },
])('refuses %j', (wrong) => {
  expect(checkedTable({ ...TABLE, ...wrong })).toBeUndefined();
});
