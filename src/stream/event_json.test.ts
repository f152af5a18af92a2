import { describe, expect, it } from 'vitest';
import { jsonLine } from '../base/json_line.ts';
import {
  FLAG_COUNT_UNREADABLE,
  FLAG_GOROUTINE_UNREADABLE,
  FLAG_KEY_UNREADABLE,
  FLAG_MAP_ON_STACK,
} from '../model/record.ts';
import { BatchBuilder } from './batch_builder.ts';
import { ByteWriter } from './byte_writer.ts';
import type { Columns } from './columns.ts';
import { EventJson } from './event_json.ts';
import { EventLifter, type LiftOptions } from './lift.ts';
import { LabelTexts } from './label_text.ts';
import { type ProcessSymbols, SymbolCache } from './symbols.ts';
import { chunkOf, type FakeRecord } from './testing.ts';
import { OUTCOME_CLEARED, OUTCOME_FOUND, OUTCOME_MISSED } from './traced_batch.ts';
import { rfc3339, WallParts } from './wall_clock.ts';

const TEXT_MAP = 0x50_0000;
const NUMBER_MAP = 0x50_1000;

const shop: ProcessSymbols = {
  frames: (pc) => [
    {
      function: 'shop.(*Cache)."évict"\u202e',
      file: 'shop/cache.go',
      line: pc % 1000,
      inlined: pc % 2 === 0,
    },
  ],
  functionName: (pc) => (pc === 0x40_3000 ? 'shop.(*Cache).janitor' : undefined),
  typeName: (address) => (address === TEXT_MAP ? 'map[string]*shop.Session' : 'map[int]string'),
};

const LABELS = new LabelTexts({
  mode: { type: 'full' },
  salt: new Uint8Array(1),
  readImage: () => undefined,
});

/** Rows that differ from each other in every way that an event can. */
function records(): FakeRecord[] {
  const base: FakeRecord = {
    time: 1_000_000_417n,
    pid: 4242,
    tid: 4245,
    map: 0xc000_1234_50,
    count: 1204,
    goid: 918,
    type: TEXT_MAP,
    startPc: 0x40_3000,
    caller: 0x40_1000,
    key: { form: 'string', text: 'sess:91af' },
  };
  const changes: Partial<FakeRecord>[] = [
    {},
    { key: { form: 'string', text: 'quo"te\\back\nline\u202eé' } },
    { key: { form: 'string', text: 'a long key that was cut', length: 400 } },
    { key: { form: 'string', text: '' } },
    { key: { form: 'word', value: 42 }, type: NUMBER_MAP },
    { key: { form: 'string', address: 0x1234, length: 9 }, flags: FLAG_KEY_UNREADABLE },
    { key: { form: 'string', text: 'dynamic', keyType: 0x51_0000 } },
    { map: 0, count: 0 },
    { flags: FLAG_COUNT_UNREADABLE },
    { flags: FLAG_GOROUTINE_UNREADABLE },
    { flags: FLAG_MAP_ON_STACK },
    { goid: 0 },
    { count: 2 ** 63 },
    { startPc: 0 },
    { caller: 0 },
    { caller: 0x40_2001, frames: [0x40_3001, 0x99] },
    { labels: { list: [['route', '/a"\u202e']] } },
    { labels: { list: [['trace_id', 'f'.repeat(32)]], total: 3 }, frames: [0x40_3001] },
    { labels: { list: [], unreadable: true } },
    { labels: { list: [], total: 0 } },
    { pid: 4243 },
    { probe: 1 },
    { probe: 7 },
    { time: 2_000_000_000n },
    { time: (1n << 62n) + 5n },
  ];
  const rows = changes.map((change) => ({ ...base, ...change }));
  return [...rows, ...rows].map((row, i) => ({ ...row, time: BigInt(row.time) + BigInt(i) }));
}

function batchOf(all: readonly FakeRecord[]): Columns {
  const builder = new BatchBuilder({ keyArea: true, keepKeys: true, keepFrames: true });
  builder.add(chunkOf(all, { frames: 4 }));
  const batch = builder.takeAll();
  for (let row = 0; row < batch.length; row++) {
    batch.mapId[row] = row % 3;
    batch.outcome[row] = [0, OUTCOME_FOUND, OUTCOME_MISSED, OUTCOME_CLEARED][row % 4] ?? 0;
  }
  return batch;
}

function options(more: Partial<LiftOptions> = {}): LiftOptions {
  return {
    sites: [
      { index: 0, function: 'runtime.mapdelete_faststr', op: 'delete' },
      { index: 1, function: 'runtime.mapassign', op: 'assign' },
    ],
    symbols: new SymbolCache((pid) => (pid === 4242 ? shop : undefined)),
    wallOffset: 1_772_366_492_000_000_123n,
    // What the generic way makes of these keys: the quick way must not differ from it.
    keyText: (batch, row) => {
      const at = batch.keyAt[row] ?? -1;
      if (at < 0) return undefined;
      if (((batch.flags[row] ?? 0) & FLAG_KEY_UNREADABLE) !== 0)
        return { truncated: false, unreadable: true };
      const stored = batch.payload.subarray(at, at + (batch.keyStored[row] ?? 0));
      const text = new TextDecoder().decode(stored).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
      return { text: `"${text}"`, truncated: stored.length < (batch.keySize[row] ?? 0), unreadable: false };
    },
    labels: (batch, row) => LABELS.of(batch, row),
    ...more,
  };
}

function line(json: EventJson, batch: Columns, row: number): string {
  const writer = new ByteWriter(16);
  json.write(batch, row, writer);
  return new TextDecoder().decode(writer.written);
}

describe('EventJson', () => {
  for (const showPid of [false, true])
    it(`writes what the lifted event is as JSON, ${showPid ? 'with' : 'without'} the pid`, () => {
      const lifting = options({ showPid });
      const lifter = new EventLifter(lifting);
      const json = new EventJson({ ...lifting, lifter, showsText: (_, type) => type === TEXT_MAP });
      const batch = batchOf(records());
      expect(batch.length).toBe(50);
      for (let row = 0; row < batch.length; row++)
        expect(line(json, batch, row)).toBe(`${jsonLine(lifter.lift(batch, row))}\n`);
    });

  it('leaves out keys that are not to be shown', () => {
    const lifting = options({ keyText: () => undefined });
    const json = new EventJson({ ...lifting, lifter: new EventLifter(lifting), showsText: () => false });
    expect(line(json, batchOf(records()), 0)).not.toContain('"key"');
  });

  it('does not mistake a new map for an older one whose text it kept', () => {
    const lifting = options();
    const lifter = new EventLifter(lifting);
    const json = new EventJson({ ...lifting, lifter, showsText: () => true });
    const [one] = records();
    const all = Array.from({ length: 20_000 }, (_, i) => ({
      ...one,
      time: i,
      map: 0x1000 + i * 16,
      goid: i + 1,
    }));
    const batch = batchOf(all);
    for (let row = 0; row < batch.length; row += 7) {
      batch.mapId[row] = row;
      expect(line(json, batch, row)).toBe(`${jsonLine(lifter.lift(batch, row))}\n`);
    }
  });
});

describe('WallParts', () => {
  it('agrees with rfc3339 however long the machine runs, and wherever its clock is set to', () => {
    const parts = new WallParts();
    const offsets = [1_772_366_492_999_999_999n, 0n, 1_772_366_492_999_999_998n];
    for (const time of [
      0n,
      1n,
      999_999_999n,
      1n << 32n,
      (1n << 53n) + 1n,
      (1n << 60n) + 12_345n,
      (1n << 62n) - 1n,
    ]) {
      for (const offset of offsets) {
        parts.set(offset, Number(time >> 32n), Number(time & 0xffff_ffffn));
        expect(parts.text).toBe(rfc3339(time + offset));
      }
    }
  });
});
