import { expect, it } from 'vitest';
import type { ApiTable } from '../../protocol/api.ts';
import { styleOf } from '../output/style.ts';
import { tableText } from './table_text.ts';

const TABLE: ApiTable = {
  type: 'table',
  columns: [
    { name: 'op', kind: 'text' },
    { name: 'count', kind: 'number' },
  ],
  rows: [['delete', 1234]],
  left: 0,
  took_ms: 1,
};
const text = (more: Partial<ApiTable> = {}): readonly string[] =>
  tableText({ ...TABLE, ...more }, styleOf(false));

it('numbers stand to the right', () => {
  expect(text()).toEqual(['OP      COUNT', 'delete  1,234']);
  expect(text({ left: 3 }).at(-1)).toBe('… and 3 rows more: top N or LIMIT N shows them.');
});

it('says what was not counted, with rows and without', () => {
  const uncounted = [
    { process: 'shop-1', ops: 'all', ms: 31_903 },
    { process: 'shop-2', ops: 'reads', ms: 1500 },
  ] as const;
  const said =
    'Not counted, to keep to the budget: all of shop-1 for 32 s; reads of shop-2 for 1.5 s. Counts are of the rest, rates over it.';
  expect(text({ uncounted })).toEqual([...text(), '', said]);
  expect(text({ uncounted, rows: [] })).toEqual(['Nothing of that is in the store.', '', said]);
});
