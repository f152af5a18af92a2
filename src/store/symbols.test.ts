import { expect, it } from 'vitest';
import type { ProcessRef } from '../model/window.ts';
import { Batch } from './batch.ts';
import { Symbols } from './symbols.ts';

const SHOP: ProcessRef = { pid: 7, started: 1000, name: 'shop', buildId: 'ab' };

it('knows a process by its id, name and build, also after the file was opened anew', async () => {
  const rows = new Batch();
  const symbols = new Symbols();
  const first = symbols.process(SHOP, rows);
  const next = symbols.process({ ...SHOP, buildId: 'cd' }, rows);
  expect(next).not.toBe(first);
  expect(symbols.process({ ...SHOP }, rows)).toBe(first);
  expect(rows.rows('processes')).toEqual([
    [first, '7-1000', 7, 'shop', 1000, 'ab'],
    [next, '7-1000', 7, 'shop', 1000, 'cd'],
  ]);

  const again = new Symbols();
  const row = { ref: '7-1000', name: 'shop' };
  const stored = [
    { ...row, id: first, build_id: 'ab' },
    { ...row, id: next, build_id: 'cd' },
  ];
  await again.load((sql) => Promise.resolve(sql.includes('FROM processes') ? stored : []));
  const more = new Batch();
  expect([again.process(SHOP, more), again.process({ ...SHOP, buildId: 'cd' }, more)]).toEqual([first, next]);
  expect(again.process({ pid: 7, started: 1000, name: 'shop' }, more)).toBeGreaterThan(next);
});
