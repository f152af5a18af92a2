import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import { addr, fileAddr, fileOffset } from '../../model/addr.ts';
import { goid } from '../../model/ids.ts';
import type { ProbeOptions } from '../../model/probe.ts';
import type { EntrySite, ExitSite, ProbePlan, ProbeSite } from '../../model/probe_plan.ts';
import { BEYOND, CONFIG, fillConfig, MAX_BEYOND, MAX_PARTS, MAX_SITES, SITE } from './config.ts';

const AT = {
  config: 16,
  sites: 16 + CONFIG.size,
  beyond: 16 + CONFIG.size + MAX_SITES * SITE.size,
} as const;

const base = {
  function: 'runtime.mapdelete_faststr',
  op: 'delete',
  address: fileAddr(0x1000),
  offset: fileOffset(0),
  expected: Uint8Array.of(0x55),
  instruction: 'PUSH RBP',
  emulated: true,
  why: '',
} as const;

const entry: EntrySite = {
  ...base,
  index: 0,
  role: 'entry',
  skipRestarts: false,
  map: 'RBX',
  type: 'RAX',
  key: { kind: 'string', pointer: 'RCX', length: 'RDI' },
  partOf: [],
};
const exit: ExitSite = { ...base, index: 1, role: 'exit', map: 'R9' };

const options: ProbeOptions = {
  mode: 'both',
  sampleEvery: 1,
  frames: 4,
  keyBytes: 64,
  verdicts: false,
  ringBytes: 4096,
};

function fill(sites: readonly ProbeSite[], change: Partial<ProbeOptions> = {}): DataView {
  const plan: ProbePlan = {
    goVersion: { text: 'go1.26.8', major: 1, minor: 26, patch: 8, experiments: [] },
    flavour: 'swiss',
    ops: ['delete'],
    sites,
    absent: [],
    offsets: {
      gStackLo: 0,
      gStackHi: 8,
      gGoid: 152,
      gStartpc: 296,
      gLabels: 344,
      labelsForm: 'list',
      mapWriting: 34,
      mapWritingMask: 1,
      typeDirectIface: 23,
      typeDirectIfaceMask: 32,
    },
  };
  const data = new Uint8Array(AT.beyond + BEYOND.size * MAX_BEYOND);
  fillConfig(
    data,
    AT,
    plan,
    { ...options, ...change },
    {
      shared: undefined,
      stoppable: true,
      pidNamespace: undefined,
    },
  );
  return new DataView(data.buffer);
}

const u32 = (view: DataView, field: keyof typeof CONFIG): number =>
  view.getUint32(AT.config + CONFIG[field], true);
const site = (view: DataView, index: number, field: keyof typeof SITE): number =>
  view.getUint8(AT.sites + index * SITE.size + SITE[field]);

describe('the configuration', () => {
  it('says what is wanted of a record', () => {
    const view = fill([entry]);
    expect([u32(view, 'mode'), u32(view, 'frames'), u32(view, 'key_bytes'), u32(view, 'exits')]).toEqual([
      3, 4, 64, 0,
    ]);
    expect([u32(view, 'g_goid'), u32(view, 'g_startpc'), u32(view, 'map_writing')]).toEqual([152, 296, 34]);
    expect([u32(view, 'has_goid'), u32(view, 'pidns_ino'), u32(view, 'stoppable')]).toEqual([0, 0, 1]);
  });

  it('has no table of counters where there is nothing to count', () => {
    expect(u32(fill([entry]), 'counter_slots')).toBe(16384);
    expect(u32(fill([entry], { counterSlots: 512 }), 'counter_slots')).toBe(512);
    expect(u32(fill([entry], { mode: 'events' }), 'counter_slots')).toBe(1);
  });

  it('takes labels along where they are asked for, in the form that the release has', () => {
    expect([u32(fill([entry]), 'labels'), u32(fill([entry]), 'g_labels')]).toEqual([0, 344]);
    expect(u32(fill([entry], { labels: true }), 'labels')).toBe(2);
  });

  it('carries a goroutine and a text to filter by', () => {
    const view = fill([entry], { goid: goid(7), keyText: { bytes: Buffer.from('sess:'), exact: true } });
    expect(u32(view, 'has_goid')).toBe(1);
    expect(view.getBigUint64(AT.config + CONFIG.goid, true)).toBe(7n);
    expect([u32(view, 'key_filter_len'), u32(view, 'key_filter_exact')]).toEqual([5, 1]);
    expect(view.getUint8(AT.config + CONFIG.key_filter)).toBe('s'.charCodeAt(0));
  });

  it('carries a map to filter by, also that of nil maps', () => {
    const of = (mapAddress?: number): unknown[] => {
      const view = fill([entry], mapAddress === undefined ? {} : { mapAddress: addr(mapAddress) });
      return [u32(view, 'has_map'), view.getBigUint64(AT.config + CONFIG.map, true)];
    };
    expect([of(), of(0), of(0xc0_0000_1234)]).toEqual([
      [0, 0n],
      [1, 0n],
      [1, 0xc0_0000_1234n],
    ]);
  });

  it('compares no more of a long text than fits: a prefix, never exactly', () => {
    const view = fill([entry], { keyText: { bytes: Buffer.alloc(100, 'a'), exact: true } });
    expect([u32(view, 'key_filter_len'), u32(view, 'key_filter_exact')]).toEqual([64, 0]);
  });
});

describe('a site', () => {
  it('says where arguments are', () => {
    const view = fill([entry]);
    expect([site(view, 0, 'shape'), site(view, 0, 'key'), site(view, 0, 'exits')]).toEqual([0, 3, 0]);
    expect(site(fill([{ ...entry, map: 'RAX', type: 'RBX' }]), 0, 'shape')).toBe(1);
    expect(site(fill([{ ...entry, map: 'RCX', type: undefined }]), 0, 'shape')).toBe(2);
    const word = fill([{ ...entry, key: { kind: 'word', register: 'RCX', bytes: 4 } }]);
    expect(site(word, 0, 'key')).toBe(1);
  });

  it('with an exit says so, and the exit where the map is', () => {
    const view = fill([entry, exit]);
    expect([site(view, 0, 'exits'), site(view, 1, 'exit_register'), u32(view, 'exits')]).toEqual([1, 9, 1]);
  });

  it('knows callers of which it is a part, relative to itself', () => {
    const part = { name: 'runtime.mapclear', start: fileAddr(0x800), end: fileAddr(0x900) };
    const view = fill([{ ...entry, partOf: [part] }]);
    const at = AT.sites + SITE.part;
    expect(site(view, 0, 'parts')).toBe(1);
    expect([view.getBigInt64(at, true), view.getBigInt64(at + 8, true)]).toEqual([-0x800n, -0x700n]);
  });

  it('knows functions beyond which its caller is, each once', () => {
    const ranges = [1, 2].map((i) => ({
      name: `f${i}`,
      start: fileAddr(i << 12),
      end: fileAddr((i << 12) + 9),
      ...(i === 2 ? { spilled: { key: entry.key, at: 32, lengthAt: -8 } } : {}),
    }));
    const grow = { ...entry, callerBeyond: ranges };
    const view = fill([entry, { ...grow, index: 1 }, { ...grow, index: 2 }]);
    expect([0, 1, 2].map((i) => site(view, i, 'beyond'))).toEqual([0, 1, 1]);
    expect(view.getBigUint64(AT.sites + SITE.size + SITE.address, true)).toBe(0x1000n);
    const ends = [0, 1, 2].map((i) => view.getBigInt64(AT.beyond + BEYOND.size * i + BEYOND.end, true));
    expect(ends).toEqual([0x1009n, 0x2009n, 0n]);
    const words = [0, 1, 2].map((i) => view.getInt32(AT.beyond + BEYOND.size + BEYOND.key_at + 4 * i, true));
    expect(words, 'the key').toEqual([32, -8, 3]);
    expect(view.getUint32(AT.beyond + BEYOND.key, true)).toBe(0);
  });

  it('with arguments that the program does not know is refused', () => {
    const part = { name: 'f', start: fileAddr(0), end: fileAddr(1) };
    const strange: EntrySite[] = [
      { ...entry, map: 'R8' },
      { ...entry, key: { kind: 'pointer', register: 'RDI' } },
      { ...entry, key: { kind: 'string', pointer: 'RCX', length: 'RSI' } },
      { ...entry, partOf: Array.from({ length: MAX_PARTS + 1 }, () => part) },
    ];
    for (const one of strange) {
      let code: string | undefined;
      try {
        fill([one]);
      } catch (error) {
        code = isMapauditError(error) ? error.code : String(error);
      }
      expect(code).toBe('plan-unsupported');
    }
  });
});
