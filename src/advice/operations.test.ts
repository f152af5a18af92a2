import { describe, expect, it } from 'vitest';
import { advise } from './advise.ts';
import { churn } from './churn.ts';
import { clearInstead } from './clear.ts';
import type { GrowthFact, MapFacts, SiteCount } from './facts.ts';
import { fastKey } from './fast_key.ts';
import { rangeDelete } from './range_delete.ts';
import { asPlainMap, asSyncMap } from './sync_map.ts';
import { bare, lensOf, line, without } from './testing.ts';

describe('clear', () => {
  const sweep = { site: line(12), loop: line(11), whole: 3, partial: 0, deleted: 96 };
  const facts: MapFacts = { ...bare, map: { name: 'main.batch' }, observedSeconds: 3, sweeps: [sweep] };

  it('counts the deletes that would not be done', () => {
    expect(clearInstead(facts)).toMatchObject({
      kind: 'clear',
      site: line(12),
      code: '// only in place of a loop that does nothing but delete\nclear(batch)',
      text: expect.stringContaining('if it does nothing but delete') as string,
      gain: { operations_per_second: 31 },
    });
  });

  it('writes the plain loop for releases without clear', () => {
    expect(clearInstead({ ...facts, goMinor: 20 })?.code).toBe(
      '// only in place of a loop that does nothing but delete\nfor k := range batch {\n\tdelete(batch, k)\n}',
    );
  });

  it.each<[string, MapFacts]>([
    ['two loops', { ...facts, sweeps: [{ ...sweep, whole: 2 }] }],
    ['a loop that once left something', { ...facts, sweeps: [{ ...sweep, partial: 1 }] }],
    ['31 entries each', { ...facts, sweeps: [{ ...sweep, deleted: 95 }] }],
    ['a sync.Map', { ...facts, kind: 'sync.Map' }],
  ])('says nothing of %s', (_, one) => expect(clearInstead(one)).toBeUndefined());

  it.each(['sweeps', 'observedSeconds'] as const)('says nothing without %s', (name) => {
    expect(clearInstead(without(facts, name))).toBeUndefined();
  });
});

describe('range-delete', () => {
  const sweep = { site: line(12), whole: 3, partial: 0, deleted: 96 };
  const facts: MapFacts = {
    kind: 'sync.Map',
    map: { name: 'main.live' },
    goMinor: 24,
    observedSeconds: 3,
    sweeps: [sweep],
  };

  it('names Clear, or a new sync.Map before it', () => {
    expect(rangeDelete(facts)).toMatchObject({ site: line(12), code: 'live.Clear()' });
    expect(rangeDelete({ ...facts, goMinor: 22 })?.code).toContain('new(sync.Map)');
  });

  it.each<[string, MapFacts]>([
    ['two Ranges', { ...facts, sweeps: [{ ...sweep, whole: 2 }] }],
    ['a Range that once left something', { ...facts, sweeps: [{ ...sweep, partial: 1 }] }],
    ['31 entries each', { ...facts, sweeps: [{ ...sweep, deleted: 95 }] }],
    ['a plain map', { ...facts, kind: 'map' }],
  ])('says nothing of %s', (_, one) => expect(rangeDelete(one)).toBeUndefined());

  it.each(['sweeps', 'observedSeconds'] as const)('says nothing without %s', (name) => {
    expect(rangeDelete(without(facts, name))).toBeUndefined();
  });
});

describe('churn', () => {
  const prune: GrowthFact = { kind: 'prune', unit: 'slots', from: 128, to: 128, len: 100 };
  const facts: MapFacts = {
    ...bare,
    map: { name: 'main.live', type: 'map[int]int' },
    observedSeconds: 2,
    counted: ['assign', 'delete', 'clear'],
    counts: [
      { op: 'delete', site: line(20), count: 400, found: 400, notFound: 0 },
      { op: 'assign', site: line(21), count: 400, found: 0, notFound: 400 },
    ],
    lens: lensOf(100, 99, 100),
    growths: [prune, prune, prune],
  };

  it('gives room where keys are new', () => {
    expect(churn(facts)).toMatchObject({ kind: 'churn', site: line(20), code: 'make(map[int]int, 200)' });
  });

  it('keeps the entry where its key comes back', () => {
    const advice = churn({ ...facts, returns: { inserts: 100, returned: 50 } });
    expect(advice).toMatchObject({ gain: { operations_per_second: 100 } });
    expect(advice?.code).toContain('live[k] = v');
  });

  it('gives room where less than half of the keys come back', () => {
    expect(churn({ ...facts, returns: { inserts: 100, returned: 49 } })?.code).toContain('make(');
    expect(churn({ ...facts, returns: { inserts: 99, returned: 99 } })?.code).toContain('make(');
  });

  const fewer = (facts.counts ?? []).map((one) =>
    one.op === 'delete' ? { ...one, count: 399, found: 399 } : one,
  );
  const unknown: SiteCount[] = (facts.counts ?? []).map(({ op, site, count }) => ({ op, site, count }));
  it.each<[string, MapFacts]>([
    ['two rehashes', { ...facts, growths: [prune, prune] }],
    [
      'growth',
      { ...facts, growths: [1, 2, 3].map(() => ({ kind: 'table' as const, trigger: 'load' as const })) },
    ],
    ['deletes of less than four times its entries', { ...facts, counts: fewer }],
    ['one that gets larger', { ...facts, lens: lensOf(49, 100) }],
    ['deletes of which it is not known', { ...facts, counts: unknown }],
    [
      'a map that loops have emptied',
      { ...facts, sweeps: [{ site: line(12), loop: line(11), whole: 1, partial: 0, deleted: 96 }] },
    ],
  ])('says nothing of %s', (_, one) => expect(churn(one)).toBeUndefined());

  it.each(['growths', 'counts', 'counted', 'lens'] as const)('says nothing without %s', (name) => {
    expect(churn(without(facts, name))).toBeUndefined();
  });
});

describe('fast-key', () => {
  const facts: MapFacts = {
    ...bare,
    map: { name: 'main.ports' },
    key: { type: 'uint16', kind: 'uint16', size: 2 },
    elem: { type: 'int', kind: 'int', size: 8 },
    observedSeconds: 2,
    counted: ['assign', 'access', 'delete'],
    counts: [
      { op: 'access', site: line(30), count: 90_000, function: 'runtime.mapaccess1' },
      { op: 'assign', site: line(31), count: 10_000, function: 'runtime.mapassign' },
    ],
  };

  it('names a type that has fast functions', () => {
    expect(fastKey(facts)).toMatchObject({
      kind: 'fast-key',
      site: line(30),
      gain: { operations_per_second: 50_000 },
      code: 'map[uint32]int // ports[uint32(k)]',
    });
  });

  it.each([
    [{ type: 'float64', kind: 'float64', size: 8 }, 'math.Float64bits(k)'],
    [{ type: 'any', kind: 'interface', size: 16, dynamicTypes: ['string'] }, 'map[string]int'],
    [{ type: 'main.pair', kind: 'struct', size: 8, pointers: false }, 'map[uint64]int'],
  ])('rewrites %o', (key, code) => expect(fastKey({ ...facts, key })?.code).toContain(code));

  const fast = (facts.counts ?? []).map((one) => ({ ...one, function: 'runtime.mapaccess1_fast32' }));
  it.each<[string, MapFacts]>([
    ['49,999 operations a second', { ...facts, observedSeconds: 100_000 / 49_999 }],
    ['functions that are fast', { ...facts, counts: fast }],
    [
      'an interface that holds two types',
      { ...facts, key: { type: 'any', kind: 'interface', dynamicTypes: ['int', 'string'] } },
    ],
    ['an interface of which no key was seen', { ...facts, key: { type: 'any', kind: 'interface' } }],
    ['a struct of 9 bytes', { ...facts, key: { type: 'main.k', kind: 'struct', size: 9, pointers: false } }],
    ['a struct that may hold pointers', { ...facts, key: { type: 'main.k', kind: 'struct', size: 8 } }],
    ['large elements', { ...facts, elem: { type: 'main.big', size: 129 } }],
  ])('says nothing of %s', (_, one) => expect(fastKey(one)).toBeUndefined());

  it.each(['key', 'elem', 'counts', 'observedSeconds'] as const)('says nothing without %s', (name) => {
    expect(fastKey(without(facts, name))).toBeUndefined();
  });
});

describe('sync-map', () => {
  const facts: MapFacts = {
    ...bare,
    map: { name: 'main.routes.byName' },
    elem: { type: '*main.Route' },
    lock: { field: 'mu' },
    readers: 4,
    observedSeconds: 10,
    counted: ['assign', 'delete', 'clear', 'access', 'iterate'],
    counts: [
      { op: 'access', site: line(40), count: 100_000 },
      { op: 'assign', site: line(41), count: 1010 },
    ],
  };

  it('names the reads that would take no lock', () => {
    expect(asSyncMap(facts)).toMatchObject({
      kind: 'sync-map',
      site: line(40),
      gain: { operations_per_second: 10_000 },
    });
  });

  it.each<[string, MapFacts]>([
    ['three readers', { ...facts, readers: 3 }],
    ['less than 10,000 reads a second', { ...facts, observedSeconds: 10.01 }],
    [
      'more than one write in a hundred',
      {
        ...facts,
        counts: [
          { op: 'access', site: line(40), count: 100_000 },
          { op: 'assign', site: line(41), count: 1011 },
        ],
      },
    ],
    [
      'a loop over it',
      { ...facts, counts: [...(facts.counts ?? []), { op: 'iterate', site: line(42), count: 1 }] },
    ],
    ['loops that were not counted', { ...facts, counted: ['assign', 'delete', 'clear', 'access'] }],
  ])('says nothing of %s', (_, one) => expect(asSyncMap(one)).toBeUndefined());

  it.each(['lock', 'readers', 'counts', 'counted', 'observedSeconds'] as const)(
    'says nothing without %s',
    (name) => {
      expect(asSyncMap(without(facts, name))).toBeUndefined();
    },
  );
});

describe('plain-map', () => {
  const facts: MapFacts = {
    kind: 'sync.Map',
    map: { name: 'main.local' },
    users: 1,
    observedSeconds: 1,
    counts: [{ op: 'Load', site: line(50), count: 10_000 }],
  };

  it('fires for one goroutine alone', () => {
    expect(asPlainMap(facts)).toMatchObject({ kind: 'plain-map', site: line(50) });
  });

  it.each<[string, MapFacts]>([
    ['two goroutines', { ...facts, users: 2 }],
    ['9,999 operations a second', { ...facts, counts: [{ op: 'Load', site: line(50), count: 9999 }] }],
    ['a plain map', { ...facts, kind: 'map' }],
    ['losses', { ...facts, incomplete: true }],
  ])('says nothing of %s', (_, one) => expect(asPlainMap(one)).toBeUndefined());

  it.each(['users', 'counts', 'observedSeconds'] as const)('says nothing without %s', (name) => {
    expect(asPlainMap(without(facts, name))).toBeUndefined();
  });
});

describe('advise', () => {
  it('says nothing of maps of which nothing is known', () => {
    expect(advise([bare, { kind: 'sync.Map', map: {} }])).toEqual([]);
  });

  it('says the same of the same line once, of the map that it is worth most for', () => {
    const sweep = { site: line(12), whole: 3, partial: 0, deleted: 96 };
    const one: MapFacts = { ...bare, map: { address: '0x1' }, observedSeconds: 3, sweeps: [sweep] };
    const two: MapFacts = { ...one, map: { address: '0x2' }, sweeps: [{ ...sweep, deleted: 960 }] };
    expect(advise([one, two])).toMatchObject([{ map: { address: '0x2' }, other_maps: 1 }]);
  });
});
