import { describe, expect, it } from 'vitest';
import { addr } from '../model/addr.ts';
import type { KernelCounter } from '../model/probe.ts';
import type { Counter, KeyPrefixCounter } from '../protocol/snapshot.ts';
import type { TopOptions } from '../protocol/options.ts';
import { chunkOf, type FakeRecord } from '../stream/testing.ts';
import { FakeTypes } from '../go/types/testing.ts';
import { Bytes } from '../go/testing.ts';
import type { Audit } from './audit.ts';
import { TopCounts } from './top_counts.ts';

const PID = 7;
const fake = new FakeTypes('go1.23.12', 'classic');
const int = fake.plain({ kind: 'int', name: 'int' });
const string = fake.plain({ kind: 'string', name: 'string', size: 16 });
const SLOTS = new Bytes().u8(8, 8).u16(144).u32(0).done();
const sessions = fake.map('map[string]int', { key: string, elem: int, rest: SLOTS });
const types = fake.reader();

/** What the counters need of an audit: a process with two functions, and what its kernel has counted. */
class FakeAudit {
  counted: readonly KernelCounter[] = [];
  records: FakeRecord[] = [];
  sampling = 0;
  readonly planned: number[] = [];
  readonly plan = {
    sites: [
      { index: 0, role: 'entry', op: 'delete' },
      { index: 1, role: 'entry', op: 'assign' },
    ],
  };
  readonly probe = {
    setSampling: (every: number): void => void (this.sampling = every),
    drain: (consume: (chunk: ReturnType<typeof chunkOf>) => void): bigint => {
      consume(chunkOf(this.records, { keyArea: true }));
      this.records = [];
      return 1_000_000n;
    },
  };

  target(pid: number): unknown {
    if (pid !== PID) return undefined;
    const frame = { file: 'shop.go', line: 9, inlined: false };
    return {
      types,
      frames: (pc: number) => [{ ...frame, function: pc < 0x2000 ? 'shop.evict' : 'shop.add' }],
      functionName: () => undefined,
      typeName: (type: number) => types.nameOf(addr(type)),
    };
  }

  counters(): readonly KernelCounter[] {
    return this.counted;
  }

  planUnplanned(batch: { readonly length: number }): void {
    this.planned.push(batch.length);
  }
}

const options = (filters: Partial<TopOptions['filters']> = {}, all = false): TopOptions => ({
  selection: all ? { type: 'name', glob: '*' } : { type: 'pid', pid: PID },
  filters: { ops: ['delete', 'assign'], ...filters },
  keys: { type: 'full' },
  effects: 'off',
  probe: 'auto',
  intervalMs: 1000,
  once: false,
});

const counter = (site: number, map: number, count: number, caller = 0x1001): KernelCounter => ({
  pid: PID,
  site,
  map,
  type: sessions,
  caller,
  count,
});

function open(asked = options()): { readonly audit: FakeAudit; readonly top: TopCounts } {
  const audit = new FakeAudit();
  return { audit, top: new TopCounts(audit as unknown as Audit, asked) };
}

const told = (rows: readonly Counter[]): string[] =>
  rows.map((r) => `${r.op} #${r.map_id ?? '-'} ${r.caller ?? '-'} ${r.count} ${r.rate}`);

describe('TopCounts', () => {
  it('names what the kernel counted, and says how fast it goes', () => {
    const { audit, top } = open();
    audit.counted = [counter(0, 0xa0, 10), counter(1, 0xb0, 4, 0x3001)];
    top.read(1);
    audit.counted = [counter(0, 0xa0, 40), counter(1, 0xb0, 4, 0x3001)];
    top.read(2);
    expect(told(top.rows())).toEqual(['delete #1 shop.evict 40 15', 'assign #2 shop.add 4 0']);
    expect(top.rows()[0]).toMatchObject({ map_type: 'map[string]int', file: 'shop.go', line: 9 });
  });

  it('keeps the number of a map', () => {
    const { audit, top } = open();
    audit.counted = [counter(0, 0xa0, 1), counter(1, 0xa0, 1)];
    top.read(1);
    expect(top.rows().map((row) => row.map_id)).toEqual([1, 1]);
    audit.counted = [counter(0, 0xb0, 1), ...audit.counted];
    top.read(1);
    expect(top.rows().map((row) => row.map_id)).toEqual([1, 1, 2]);
  });

  it('has no number for what was counted for all maps together', () => {
    const { audit, top } = open();
    audit.counted = [counter(0, 0, 5)];
    top.read(1);
    expect(told(top.rows())).toEqual(['delete #- shop.evict 5 5']);
  });

  it('filters by type, place, number and address', () => {
    const rowsWith = (filters: Partial<TopOptions['filters']>): string[] => {
      const { audit, top } = open(options(filters));
      audit.counted = [counter(0, 0xa0, 1), counter(1, 0xb0, 2, 0x3001)];
      top.read(1);
      return told(top.rows()).map((row) => row.split(' ')[0] ?? '');
    };
    expect(rowsWith({ map: 'string' })).toEqual(['delete', 'assign']);
    expect(rowsWith({ map: 'int64' })).toEqual([]);
    expect(rowsWith({ site: 'evict' })).toEqual(['delete']);
    expect(rowsWith({ mapId: 2 })).toEqual(['assign']);
    expect(rowsWith({ mapAddress: 0xa0 })).toEqual(['delete']);
  });

  it('names the process only where there may be several', () => {
    for (const all of [false, true]) {
      const { audit, top } = open(options({}, all));
      audit.counted = [counter(0, 0xa0, 1)];
      top.read(1);
      expect(top.rows()[0]?.pid).toBe(all ? PID : undefined);
    }
  });

  it('stays as it was when the process has ended, standing still', () => {
    const { audit, top } = open();
    audit.counted = [counter(0, 0xa0, 3)];
    top.read(1);
    top.freeze();
    audit.counted = [];
    top.read(1);
    // Its last interval counts once more, then it stands still.
    expect(told(top.rows())).toEqual(['delete #1 shop.evict 3 3']);
    top.rest();
    expect(told(top.rows())).toEqual(['delete #1 shop.evict 3 0']);
  });
});

describe('sampled keys', () => {
  const record = (time: number, text: string): FakeRecord => ({
    time,
    pid: PID,
    probe: 0,
    map: 0xa0,
    type: sessions,
    key: { form: 'string', text },
  });
  const prefixes = (rows: readonly KeyPrefixCounter[]): string[] =>
    rows.map((r) => `${r.op} ${r.prefix} ${r.count} ${r.rate}`);

  it('are none before anybody asks', () => {
    const { top } = open();
    top.drain();
    expect(top.keyPrefixes(1000)).toEqual([]);
  });

  it('are multiplied by what was sampled', () => {
    const { audit, top } = open();
    top.sampleKeys(64);
    expect(audit.sampling).toBe(64);
    audit.records = [record(1, 'sess:1'), record(2, 'sess:2'), record(3, 'user:1')];
    top.drain();
    expect(audit.planned).toEqual([3]);
    const shown = prefixes(top.keyPrefixes(2000));
    expect(shown.some((row) => row.startsWith('delete "sess:') && row.endsWith(' 128 64'))).toBe(true);
    expect(shown.some((row) => row.includes('user:') && row.endsWith(' 64 32'))).toBe(true);
  });

  it('begin anew with another sampling', () => {
    const { audit, top } = open();
    top.sampleKeys(64);
    audit.records = [record(1, 'sess:1')];
    top.drain();
    top.sampleKeys(16);
    expect(top.keyPrefixes(1000)).toEqual([]);
  });
});
