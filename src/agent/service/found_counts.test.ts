import { expect, test } from 'vitest';
import type { ServedEvent } from '../../model/feed.ts';
import type { WindowCount } from '../../model/window.ts';
import { FoundCounts } from './found_counts.ts';

const event = (found: boolean): ServedEvent => ({
  type: 'event',
  time: '2026-03-01T12:01:33.102000417Z',
  op: 'delete',
  function: 'runtime.mapdelete_faststr',
  map: { id: 1, address: '0xc000', type: 'map[string]int' },
  thread: 1,
  found,
  caller: { function: 'main.f', file: 'main.go', line: 3, inlined: false },
});
const count = (n: number): WindowCount => ({
  process: { pid: 1, name: 'p' },
  op: 'delete',
  mapType: 'map[string]int',
  mapAddress: '0xc000',
  site: { function: 'main.f', file: 'main.go', line: 3 },
  count: n,
  found: 0,
  notFound: 0,
  removed: 0,
});

test('what events tell is put on counts, and waits for those that are read later', () => {
  const found = new FoundCounts();
  found.add([event(true), event(true), event(true), event(false)]);
  expect(found.fill([count(2)])).toMatchObject([{ count: 2, found: 2, notFound: 0 }]);
  found.forget();
  expect(found.fill([count(5)])).toMatchObject([{ count: 5, found: 1, notFound: 1 }]);
  found.forget();
  expect(found.fill([count(1)])).toMatchObject([{ count: 1, found: 0, notFound: 0 }]);
});

test('what a clear removed waits too', () => {
  const { found: _, ...clear } = { ...event(true), op: 'clear' as const, removed: 500 };
  const found = new FoundCounts();
  found.add([clear]);
  expect(found.fill([])).toEqual([]);
  found.forget();
  expect(found.fill([{ ...count(1), op: 'clear' }])).toMatchObject([{ count: 1, removed: 500 }]);
  found.forget();
  expect(found.fill([{ ...count(1), op: 'clear' }])).toMatchObject([{ count: 1, removed: 0 }]);
});

test('counts of other places are left as they are', () => {
  const found = new FoundCounts();
  found.add([event(true)]);
  const other = { ...count(1), site: { function: 'main.g' } };
  expect(found.fill([other])).toEqual([other]);
});

test('what is too much to keep is forgotten and counted', () => {
  const found = new FoundCounts();
  const line = (n: number): ServedEvent => ({
    ...event(n % 2 === 0),
    map: { address: `0x${n.toString(16)}` },
  });
  found.add(Array.from({ length: 100_000 }, (_, n) => line(n)));
  found.forget();
  expect(found.forgotten).toBe(0);
  found.add([line(100_000), line(100_000)]);
  found.forget();
  expect(found.forgotten).toBe(100_002);
});
