import { describe, expect, it } from 'vitest';
import type { MapEvent } from '../model/map_event.ts';
import { FLAG_MAP_ON_STACK } from '../model/record.ts';
import { BatchBuilder } from './batch_builder.ts';
import type { Columns } from './columns.ts';
import { EventLifter, type LiftOptions } from './lift.ts';
import { type ProcessSymbols, SymbolCache } from './symbols.ts';
import { chunkOf, type FakeRecord } from './testing.ts';
import { OUTCOME_CLEARED, OUTCOME_FOUND, OUTCOME_MISSED } from './traced_batch.ts';

let asked = 0;
const shop: ProcessSymbols = {
  frames(pc) {
    asked++;
    if (pc === 0x40_0fff) {
      return [
        { function: 'shop.drop', file: 'shop/cache.go', line: 88, inlined: true },
        { function: 'shop.(*Cache).evict', file: 'shop/cache.go', line: 120, inlined: false },
      ];
    }
    return pc === 0x40_1fff ? [{ function: 'main.main', file: 'main.go', line: 7, inlined: false }] : [];
  },
  functionName: (pc) => (pc === 0x40_3000 ? 'shop.(*Cache).janitor' : undefined),
  typeName: (address) => (address === 0x50_0000 ? 'map[string]*shop.Session' : undefined),
};

const FULL: FakeRecord = {
  time: 1_000_000_417n,
  pid: 4242,
  tid: 4245,
  map: 0xc000_1234_50,
  count: 1204,
  goid: 918,
  type: 0x50_0000,
  startPc: 0x40_3000,
  caller: 0x40_1000,
  frames: [0x40_2000, 0x99],
};

function lift(
  record: FakeRecord,
  trace: (batch: Columns) => void = () => {},
  more: Partial<LiftOptions> = {},
): MapEvent {
  const builder = new BatchBuilder({ keyArea: true, keepKeys: true, keepFrames: true });
  builder.add(chunkOf([record], { frames: 4 }));
  const batch = builder.takeAll();
  trace(batch);
  const symbols = new SymbolCache((pid) => (pid === 4242 ? shop : undefined));
  const sites = [{ index: 0, function: 'runtime.mapdelete_faststr', op: 'delete' as const }];
  return new EventLifter({ sites, symbols, wallOffset: 1_772_366_492_000_000_000n, ...more }).lift(batch, 0);
}

describe('EventLifter', () => {
  it('tells everything that is known', () => {
    const event = lift(
      FULL,
      (batch) => {
        batch.outcome[0] = OUTCOME_FOUND;
        batch.mapId[0] = 3;
      },
      { showPid: true, keyText: () => ({ text: '"sess:91af"', truncated: false, unreadable: false }) },
    );
    expect(event).toEqual({
      type: 'event',
      time: '2026-03-01T12:01:33.000000417Z',
      pid: 4242,
      op: 'delete',
      function: 'runtime.mapdelete_faststr',
      map: { id: 3, address: '0xc000123450', type: 'map[string]*shop.Session' },
      key: { text: '"sess:91af"', truncated: false },
      len: 1204,
      found: true,
      goroutine: { id: 918, start: 'shop.(*Cache).janitor' },
      thread: 4245,
      caller: { function: 'shop.drop', file: 'shop/cache.go', line: 88, inlined: true },
      stack: [
        { function: 'shop.drop', file: 'shop/cache.go', line: 88, inlined: true },
        { function: 'shop.(*Cache).evict', file: 'shop/cache.go', line: 120, inlined: false },
        { function: 'main.main', file: 'main.go', line: 7, inlined: false },
        { function: '0x99', inlined: false },
      ],
    });
  });

  it('leaves out what is not known', () => {
    expect(lift({ time: 1n, tid: 5, map: 0xc000, flags: 3 })).toEqual({
      type: 'event',
      time: '2026-03-01T12:01:32.000000001Z',
      op: 'delete',
      function: 'runtime.mapdelete_faststr',
      map: { address: '0xc000' },
      thread: 5,
    });
  });

  it('knows the nil map, maps on stacks, what was not found and what was cleared', () => {
    expect(lift({ time: 1n, flags: 1 }, (b) => (b.outcome[0] = OUTCOME_MISSED))).toMatchObject({
      map: {},
      len: 0,
      found: false,
    });
    expect(lift({ ...FULL, flags: FLAG_MAP_ON_STACK }).map.on_stack).toBe(true);
    const cleared = lift(FULL, (b) => (b.outcome[0] = OUTCOME_CLEARED));
    expect([cleared.removed, cleared.found]).toEqual([1204, undefined]);
  });

  it('shows hashes and unreadable keys as such', () => {
    const key = (keyText: LiftOptions['keyText']): MapEvent['key'] =>
      lift(FULL, undefined, { keyText: keyText! }).key;
    expect(key(() => ({ truncated: true, unreadable: true }))).toEqual({ unreadable: true });
    expect(key(() => ({ hash: '0011223344556677', truncated: true, unreadable: false }))).toEqual({
      hash: '0011223344556677',
      truncated: true,
    });
  });
});

describe('SymbolCache', () => {
  it('asks once an address', () => {
    const symbols = new SymbolCache(() => shop);
    asked = 0;
    const first = symbols.site(1, 0x40_1000);
    expect(symbols.site(1, 0x40_1000)).toBe(first);
    expect(asked).toBe(1);
    expect(symbols.site(2, 0x40_1000).index).toBe(first.index + 1);
    symbols.forgetProcess(1);
    expect(symbols.site(1, 0x40_1000).index).toBe(first.index + 2);
    expect(symbols.sites.length).toBe(3);
  });
});
