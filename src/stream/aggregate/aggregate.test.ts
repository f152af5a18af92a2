import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../batch_builder.ts';
import type { Columns } from '../columns.ts';
import { SymbolCache } from '../symbols.ts';
import { chunkOf, type FakeRecord } from '../testing.ts';
import { OUTCOME_FOUND, OUTCOME_MISSED } from '../traced_batch.ts';
import { counterRow } from './counter_row.ts';
import { Counters } from './counters.ts';
import { KernelCounts } from './kernel_counts.ts';

const SECOND = 1_000_000_000;

function batchOf(records: readonly FakeRecord[]): Columns {
  const builder = new BatchBuilder({ keyArea: false, keepKeys: false, keepFrames: false });
  builder.add(chunkOf(records, { keyArea: false }));
  return builder.takeAll();
}

describe('Counters', () => {
  it('counts by map, type, site and what was found', () => {
    const counters = new Counters({ map: 'address' });
    const batch = batchOf([
      { time: 1, map: 0xc000, type: 5, caller: 7 },
      { time: 2, map: 0xc000, type: 5, caller: 7 },
      { time: 3, map: 0xc000, type: 5, caller: 8 },
      { time: 4, map: 0xc000, kind: 'exit' },
      { time: 5, map: 0xc040, type: 5, caller: 7 },
    ]);
    batch.outcome.set([OUTCOME_FOUND, OUTCOME_MISSED]);
    counters.add(batch);
    const rows = counters.rows().map((row) => [row.map, row.caller, row.count, row.found, row.missed]);
    expect(rows).toEqual([
      [0xc000, 7, 2, 1, 1],
      [0xc000, 8, 1, 0, 0],
      [0xc040, 7, 1, 0, 0],
    ]);
    expect(counters.events).toBe(4);
  });

  it('takes rates over whole windows, also over empty ones', () => {
    const counters = new Counters({ map: 'address' });
    const hits = (second: number, n: number): FakeRecord[] =>
      Array.from({ length: n }, (_, i) => ({ time: (10 + second) * SECOND + i, map: 1 }));
    counters.add(batchOf([...hits(0, 5), ...hits(1, 3)]));
    expect(counters.rows()[0]).toMatchObject({ count: 8, rate: 5 });
    counters.advance(12 * SECOND);
    expect(counters.rows()[0]).toMatchObject({ count: 8, rate: 3 });
    counters.advance(14 * SECOND);
    expect(counters.rows()[0]).toMatchObject({ count: 8, rate: 0 });
    expect(counters.takeClosed().map((window) => window.events)).toEqual([5, 3, 0, 0]);
  });

  it('keeps sums exact when there are more combinations than room', () => {
    const counters = new Counters({ map: 'address', maxRows: 300 });
    const records = Array.from({ length: 5000 }, (_, i) => ({
      time: i,
      map: 0xc000 + (i % 1000),
      caller: i % 7,
      probe: i % 2,
    }));
    counters.add(batchOf(records));
    const rows = counters.rows();
    expect(rows.length).toBe(302);
    expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(5000);
    expect(rows.filter((row) => row.map === 0).reduce((sum, row) => sum + row.count, 0)).toBeGreaterThan(
      3000,
    );
  });
});

describe('KernelCounts', () => {
  it('gives the same rows from the kernel’s own counters', () => {
    const counts = new KernelCounts();
    const counter = { pid: 1, site: 2, type: 5, map: 0xc000, caller: 7 };
    counts.update([{ ...counter, count: 10 }], 1);
    counts.update(
      [
        { ...counter, count: 16 },
        { ...counter, caller: 8, count: 1 },
      ],
      2,
    );
    const rows = counts.rows().map((row) => [row.caller, row.count, row.rate]);
    expect(rows).toEqual([[7, 16, 3], [8, 1, 0.5]]); // prettier-ignore
    expect(counts.events).toBe(17);
  });

  it('goes on when a counter begins anew', () => {
    const counts = new KernelCounts();
    const counter = { pid: 1, site: 2, type: 5, map: 0xc000, caller: 7 };
    for (const count of [10, 2, 5]) counts.update([{ ...counter, count }], 1);
    expect(counts.rows()[0]).toMatchObject({ count: 15, rate: 3 });
  });
});

describe('counterRow', () => {
  it('names what it counts', () => {
    const symbols = new SymbolCache(() => ({
      frames: () => [{ function: 'shop.evict', file: 'a.go', line: 3, inlined: false }],
      functionName: () => undefined,
      typeName: () => 'map[int]int',
    }));
    const raw = {
      pid: 1,
      probe: 4,
      map: 3,
      type: 5,
      caller: 7,
      count: 9,
      rate: 2,
      found: 4,
      missed: 1,
      removed: 0,
    };
    expect(counterRow(raw, [{ index: 4, op: 'delete' }], symbols, 'id')).toEqual({
      pid: 1, op: 'delete', map_id: 3, map_type: 'map[int]int', caller: 'shop.evict', file: 'a.go', line: 3,
      count: 9, rate: 2, found: 4, not_found: 1,
    }); // prettier-ignore
    expect(counterRow({ ...raw, map: 0, caller: 0, found: 0, missed: 0 }, [], symbols, 'id')).toEqual({
      pid: 1, op: 'access', map_type: 'map[int]int', count: 9, rate: 2,
    }); // prettier-ignore
  });
});
