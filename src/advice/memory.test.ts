import { describe, expect, it } from 'vitest';
import type { GrowthFact, MapFacts } from './facts.ts';
import { largeElement } from './large_element.ts';
import { presize } from './presize.ts';
import { shrink } from './shrink.ts';
import { onlyGrows } from './only_grows.ts';
import { bare, lensOf, line, without } from './testing.ts';

const key = { type: 'int', kind: 'int', size: 8 };
const elem = { type: 'int', kind: 'int', size: 8 };

const doubling: readonly GrowthFact[] = [
  { kind: 'to-table', unit: 'slots', from: 8, to: 16, len: 8, moved: 8 },
  { kind: 'table', unit: 'slots', from: 16, to: 32, len: 14, moved: 14 },
  { kind: 'table', unit: 'slots', from: 32, to: 64, len: 28, moved: 28 },
];

describe('presize', () => {
  const facts: MapFacts = {
    ...bare,
    map: { address: '0xc000', type: 'map[int]int' },
    key,
    elem,
    observedSeconds: 10,
    memory: { unitBytes: 136 },
    made: { site: line(7), seen: true },
    growths: doubling,
    lens: lensOf(0, 50, 50, 50, 50, 50, 50, 50, 50, 50),
  };

  it('names the line, the size, and what the growths threw away', () => {
    const advice = presize([facts]);
    expect(advice).toMatchObject({ kind: 'presize', site: line(7), code: 'make(map[int]int, 50)' });
    expect(advice?.gain).toMatchObject({ allocated_bytes: (1 + 2 + 4) * 136, moved_entries: 50 });
  });

  it('takes the largest of several maps that agree', () => {
    const sizes = [40, 50, 45].map((n) => ({ ...facts, lens: lensOf(0, n) }));
    expect(presize(sizes)).toMatchObject({ code: 'make(map[int]int, 50)', other_maps: 2 });
  });

  it.each([
    ['two growths', [{ ...facts, growths: doubling.slice(0, 2) }]],
    [
      'one that did not begin small',
      [{ ...facts, growths: [...doubling.slice(1), doubling[2] as GrowthFact] }],
    ],
    [
      'one that tombstones made grow',
      [{ ...facts, growths: doubling.map((g) => ({ ...g, trigger: 'tombstones' as const })) }],
    ],
    ['one that still grows', [{ ...facts, lens: lensOf(0, 5, 10, 15, 20, 25, 30, 35, 42, 50) }]],
    [
      'three that do not agree',
      [40, 40, 400].map((n) => ({ ...facts, lens: lensOf(0, n), growths: doubling })),
    ],
    [
      'two that got large, of five',
      [facts, facts, facts, ...Array<MapFacts>(4).fill({ ...facts, growths: [] })],
    ],
  ])('says nothing of %s', (_, all) => expect(presize(all)).toBeUndefined());

  it.each(['made', 'growths', 'lens', 'observedSeconds'] as const)('says nothing without %s', (name) => {
    expect(presize([without(facts, name)])).toBeUndefined();
  });

  it('says nothing without the type', () => {
    expect(presize([{ ...without(facts, 'key'), map: {} }])).toBeUndefined();
  });
});

describe('shrink', () => {
  const facts: MapFacts = {
    ...bare,
    map: { name: 'main.cache', type: 'map[int]int' },
    observedSeconds: 9,
    counted: ['delete', 'clear'],
    counts: [{ op: 'delete', site: line(9), count: 90_000, found: 90_000, notFound: 0 }],
    lens: lensOf(91_000, 91_000, 1000, 1000, 1000, 1000, 1000, 1000),
    memory: { bytes: 1_000_000, freshBytes: 40_000 },
  };

  it('writes the code that makes it anew', () => {
    const advice = shrink(facts);
    expect(advice).toMatchObject({ kind: 'shrink', site: line(9), gain: { bytes: 960_000 } });
    expect(advice?.code).toContain('fresh := make(map[int]int, len(cache))');
  });

  it.each<[string, MapFacts]>([
    ['waste of less than 64 KiB', { ...facts, memory: { bytes: 1000 + 65_535, freshBytes: 1000 } }],
    ['less than four times a fresh map', { ...facts, memory: { bytes: 400_000, freshBytes: 100_001 } }],
    [
      'one that fills up again',
      { ...facts, lens: lensOf(91_000, 91_000, 1000, 1000, 1000, 1000, 1000, 60_000) },
    ],
    [
      'one that was emptied just now',
      { ...facts, lens: lensOf(91_000, 91_000, 91_000, 91_000, 91_000, 91_000, 91_000, 1000) },
    ],
    [
      'one that fell to more than a quarter',
      { ...facts, lens: lensOf(91_000, 91_000, 22_751, 22_751, 22_751, 22_751, 22_751, 22_751) },
    ],
    ['five looks', { ...facts, lens: lensOf(91_000, 91_000, 1000, 1000, 1000) }],
    [
      'deletes that do not explain it',
      { ...facts, counts: [{ op: 'delete', site: line(9), count: 90_000, found: 89_999, notFound: 0 }] },
    ],
    [
      'deletes of which it is not known',
      { ...facts, counts: [{ op: 'delete', site: line(9), count: 90_000 }] },
    ],
  ])('says nothing of %s', (_, one) => expect(shrink(one)).toBeUndefined());

  it.each(['memory', 'lens', 'counts', 'counted'] as const)('says nothing without %s', (name) => {
    expect(shrink(without(facts, name))).toBeUndefined();
  });
});

describe('only-grows', () => {
  const lens = lensOf(1000, 1020, 1040, 1060, 1080, 1100, 1120, 1140, 1160, 1180, 1200);
  const facts: MapFacts = {
    ...bare,
    map: { name: 'main.seen' },
    observedSeconds: 10,
    counted: ['assign', 'delete', 'clear'],
    counts: [{ op: 'assign', site: line(4), count: 200, found: 0, notFound: 200 }],
    lens,
    memory: { freshBytes: 24_000, bytes: 48_000 },
  };

  it('says how much an hour adds, where, and how old the keys are', () => {
    const advice = onlyGrows(facts);
    expect(advice).toMatchObject({
      kind: 'only-grows',
      site: line(4),
      gain: { bytes_per_hour: 20 * 3600 * 20 },
    });
    expect(advice?.evidence).toContainEqual(
      expect.objectContaining({ what: 'entries older than 10 s', value: 1000 / 1200 }),
    );
  });

  it('stays with it when deletes find nothing', () => {
    const counts = [
      ...(facts.counts ?? []),
      { op: 'delete' as const, site: line(5), count: 9, found: 0, notFound: 9 },
    ];
    expect(onlyGrows({ ...facts, counts })?.kind).toBe('only-grows');
  });

  it.each<[string, MapFacts]>([
    ['9 seconds', { ...facts, observedSeconds: 9 }],
    ['seven looks', { ...facts, lens: lens.slice(0, 7) }],
    [
      '99 new entries',
      { ...facts, lens: lensOf(1000, 1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090, 1099) },
    ],
    [
      'one that is full now',
      { ...facts, lens: lensOf(1000, 1100, 1150, 1200, 1200, 1200, 1200, 1200, 1200) },
    ],
    [
      'one that shrank once',
      { ...facts, lens: lensOf(1000, 1020, 1040, 1060, 1050, 1100, 1120, 1140, 1160, 1180, 1200) },
    ],
    ['one that was made meanwhile', { ...facts, made: { site: line(1), seen: true } }],
    [
      'one delete',
      {
        ...facts,
        counts: [...(facts.counts ?? []), { op: 'delete', site: line(5), count: 1, found: 1, notFound: 0 }],
      },
    ],
    ['one clear', { ...facts, counts: [...(facts.counts ?? []), { op: 'clear', site: line(5), count: 1 }] }],
    [
      'deletes of which it is not known',
      { ...facts, counts: [...(facts.counts ?? []), { op: 'delete', site: line(5), count: 1 }] },
    ],
    ['losses', { ...facts, incomplete: true }],
    ['deletes that were not counted', { ...facts, counted: ['assign'] }],
  ])('says nothing of %s', (_, one) => expect(onlyGrows(one)).toBeUndefined());

  it.each(['lens', 'observedSeconds', 'counts', 'counted', 'memory'] as const)(
    'says nothing without %s',
    (name) => {
      expect(onlyGrows(without(facts, name))).toBeUndefined();
    },
  );
});

describe('large-element', () => {
  const slots: MapFacts = {
    ...bare,
    map: { type: 'map[int]main.Big' },
    key,
    elem: { type: 'main.Big', kind: 'struct', size: 128 },
    made: { site: line(3), seen: false },
    lens: lensOf(10_000),
    memory: { capacity: 20_000 },
  };

  it('counts what empty slots would no longer hold', () => {
    expect(largeElement(slots)).toMatchObject({
      kind: 'large-element',
      site: line(3),
      gain: { bytes: 10_000 * 120 - 10_000 * 8 },
      code: 'map[int]*Big',
    });
  });

  const copied: MapFacts = {
    ...bare,
    key,
    elem: { type: 'main.Huge', kind: 'struct', size: 1000 },
    observedSeconds: 2,
    counted: ['assign', 'access'],
    counts: [
      { op: 'access', site: line(7), count: 1_000_000 },
      { op: 'access', site: line(8), count: 15_000, copies: true },
      { op: 'assign', site: line(9), count: 5_000 },
    ],
  };

  it('counts what assigns copy, and reads that do not take a part', () => {
    expect(largeElement(copied)).toMatchObject({ site: line(8), gain: { operations_per_second: 10_000 } });
  });

  it.each<[string, MapFacts]>([
    ['64 bytes', { ...slots, elem: { type: 'main.Big', size: 64 }, memory: { capacity: 1_000_000 } }],
    [
      'a waste below 1 MiB',
      { ...slots, memory: { capacity: 10_000 + Math.floor((2 ** 20 + 80_000) / 120) } },
    ],
    [
      'less than 10 MB copied a second',
      { ...copied, counts: [{ op: 'assign', site: line(8), count: 19_999 }] },
    ],
  ])('says nothing of %s', (_, one) => expect(largeElement(one)).toBeUndefined());

  it.each(['elem', 'memory', 'lens'] as const)('says nothing of slots without %s', (name) => {
    expect(largeElement(without(slots, name))).toBeUndefined();
  });

  it.each(['elem', 'counts', 'counted', 'observedSeconds'] as const)(
    'says nothing of copies without %s',
    (name) => {
      expect(largeElement(without(copied, name))).toBeUndefined();
    },
  );
});
