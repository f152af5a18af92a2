import { expect, it } from 'vitest';
import { arrange } from './arrange.ts';
import { asFamilies, familyName } from './families.ts';
import type { MapRow } from './map_row.ts';
import { ObservedMaps, type SeenCounter } from './observed_maps.ts';
import { gathered } from './short_lived.ts';

const base = { kind: 'map', found: 'memory', advice: [] } as const;
const map = (name: string, more: Partial<MapRow> = {}): MapRow => ({
  ...base,
  name,
  address: `0x${name.length}${more.len ?? 0}`,
  map_type: 'map[string]int',
  ...more,
});

it('takes indexes out of names, and leaves type assertions alone', () => {
  expect(familyName('main.a["x]\\"y"].b[3].c')).toBe('main.a[…].b[…].c');
  expect(familyName('main.a.(map[string]int)')).toBe('main.a.(map[string]int)');
  expect(familyName('main.next{seen}[{X: 1, Y: "]"}].m')).toContain('main.next{seen}[…]');
});

it('puts four and more maps together that an index tells apart, and no others', () => {
  const shards = [0, 1, 2, 3].map((i) =>
    map(`main.shards[${i}].items`, { len: i, bytes: 100, capacity: 8, waste: 10 }),
  );
  const few = [0, 1, 2].map((i) => map(`main.few[${i}]`, { len: i }));
  const other = map('main.shards[4].items', { map_type: 'map[int]int' });
  const rows = asFamilies([...shards, ...few, other, map('main.plain')]);
  expect(rows.map((row) => [row.name, row.maps])).toEqual([
    ['main.shards[…].items', 4],
    ...few.map((row) => [row.name, undefined]),
    [other.name, undefined],
    ['main.plain', undefined],
  ]);
  expect(rows[0]).toMatchObject({ len: 6, bytes: 400, capacity: 32, waste: 40, load: 6 / 32 });
  expect(rows[0]).not.toHaveProperty('address');
  expect(rows[0]).not.toHaveProperty('held_bytes');
});

it('leaves rows alone that stand for several maps already', () => {
  const gone: MapRow = { ...base, found: 'probe', map_type: 'map[string]int', maps: 7 };
  expect(asFamilies([gone, gone, gone, gone])).toEqual([gone, gone, gone, gone]);
});

it('orders and filters, and hides nothing that is not known', () => {
  const rows = [
    map('a', { bytes: 1, waste: 0, len: 3 }),
    map('b', { bytes: 9, waste: 2, len: 0 }),
    map('c', { len: 5 }),
    map('d', { owner: { type: 'shop.Cache', field: 'sessions' }, bytes: 4 }),
  ];
  const names = (wish: Partial<Parameters<typeof arrange>[1]>): unknown[] =>
    arrange(rows, { sort: 'bytes', minLen: 0, ...wish }).map((row) => row.name);
  expect(names({})).toEqual(['b', 'd', 'a', 'c']);
  expect(names({ sort: 'waste' })[0]).toBe('b');
  expect(names({ minLen: 1 })).toEqual(['d', 'a', 'c']);
  expect(names({ minLen: 4 })).toEqual(['c']);
  expect(names({ map: '\\(\\*shop\\.Cache\\)\\.sess' })).toEqual(['d']);
});

const counter = (
  address: number,
  op: 'assign' | 'delete' | 'grow',
  count: number,
  line: number,
): SeenCounter => ({
  row: { pid: 7, op, map_type: 'map[string]int', caller: 'main.f', file: '/x/f.go', line, count, rate: 0 },
  map: address,
  type: 4096,
});

it('sums what was seen of a map by place, the nil map left out', () => {
  const observed = new ObservedMaps();
  for (let i = 0; i < 5; i++) observed.wrote(7, 0x10, i % 2, i % 2 === 0 ? 'main.worker' : undefined);
  const counters = [
    counter(0x10, 'assign', 30, 1),
    counter(0x10, 'delete', 10, 2),
    counter(0x10, 'grow', 2, 1),
  ];
  const [seen, ...others] = observed.maps([...counters, counter(0, 'assign', 5, 1)], 2000);
  expect(others).toEqual([]);
  expect(seen).toMatchObject({ address: 0x10, type: 4096, typeName: 'map[string]int' });
  expect(seen?.observed).toMatchObject({ rate: 20, grows: 2, ops: { assign: 30, delete: 10 }, writers: 2 });
  expect(seen?.observed.sites.map(({ op, rate }) => [op, rate])).toEqual([
    ['assign', 15],
    ['delete', 5],
    ['grow', 1],
  ]);
  expect(seen?.observed.goroutines).toEqual([
    { id: 0, start: 'main.worker', sampled: 3 },
    { id: 1, sampled: 2 },
  ]);
});

it('gathers small maps that only probes told of by their place', () => {
  const seen = new ObservedMaps().maps(
    [
      counter(0x10, 'assign', 3, 1),
      counter(0x20, 'assign', 4, 1),
      counter(0x30, 'assign', 9, 2),
      counter(0x40, 'assign', 1, 1),
    ],
    1000,
  );
  const probed = { ...base, found: 'probe', map_type: 'map[string]int' } as const;
  const rows = gathered(
    [
      { ...probed, address: '0x10', len: 3 },
      { ...probed, address: '0x30', len: 500 },
      map('main.known', { address: '0x40' }),
    ],
    seen,
  );
  expect(rows.map((row) => [row.name ?? row.address, row.maps, row.observed?.ops.assign])).toEqual([
    ['0x30', undefined, undefined],
    ['main.known', undefined, undefined],
    [undefined, 2, 7],
  ]);
});
