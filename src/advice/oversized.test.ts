import { expect, it } from 'vitest';
import type { MapFacts } from './facts.ts';
import { oversized } from './oversized.ts';

const facts = (bytes: number, freshBytes: number, len = 10): MapFacts => ({
  kind: 'map',
  map: { name: 'main.cache.sessions', type: 'map[string]int' },
  memory: { bytes, freshBytes, capacity: 20_000, tombstones: 500 },
  lens: [{ atSeconds: 0, len }],
});

it('says what a map wastes that no growth makes so large', () => {
  const advice = oversized(facts(1_000_000, 400));
  expect(advice).toMatchObject({ kind: 'shrink', gain: { bytes: 999_600 } });
  expect(advice?.site).toBeUndefined();
  expect(advice?.code).toContain('fresh := make(map[string]int, len(cache.sessions))');
});

it('says nothing of what growth alone makes, of little, and of what was not measured', () => {
  expect(oversized(facts(390_000, 100_000))).toBeUndefined();
  expect(oversized(facts(60_000, 400))).toBeUndefined();
  expect(
    oversized({ ...facts(1_000_000, 400), memory: { bytes: 1_000_000, capacity: 20_000, tombstones: 500 } }),
  ).toBeUndefined();
  expect(oversized({ ...facts(1_000_000, 400), lens: [] })).toBeUndefined();
});

it('says nothing of a map that waits for its entries, which nothing shows to have been full', () => {
  const { memory } = facts(1_000_000, 400);
  expect(oversized({ ...facts(1_000_000, 400), memory: { ...memory, tombstones: 0 } })).toBeUndefined();
  expect(
    oversized({ ...facts(1_000_000, 400), memory: { bytes: 1_000_000, freshBytes: 400 } }),
  ).toBeUndefined();
  const classic = { bytes: 1_000_000, freshBytes: 400, capacity: 20_000 };
  expect(oversized({ ...facts(1, 1), memory: { ...classic, overflow: 0 } })).toBeUndefined();
  expect(oversized({ ...facts(1, 1), memory: { ...classic, overflow: 300 } })).toBeDefined();
});
