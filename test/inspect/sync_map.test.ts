import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Target } from '../../src/agent/target.ts';
import { openDebugInfo } from '../../src/go/debug/debug_info.ts';
import { findMaps } from '../../src/inspect/find/find_maps.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import type { SyncMapEntry, SyncMapScan } from '../../src/inspect/sync_map/scan.ts';
import { scanSyncMap, syncMapPlace } from '../../src/inspect/sync_map/scan_sync_map.ts';
import { type Addr, addr, fileAddr, toAddr } from '../../src/model/addr.ts';
import type { Pid } from '../../src/model/ids.ts';
import { inflate } from '../../src/sys/inflate.ts';
import { pause } from '../../src/sys/pause.ts';
import { buildGo } from '../support/go_build.ts';

/** The variable that nothing is put into: the search leaves it out. */
const UNUSED = 'main.unused';
const limits = { text: 256, items: 16, pointers: 2 };

interface Said {
  readonly name: string;
  readonly entries: Readonly<Record<string, string>>;
}

interface Read {
  readonly scan: SyncMapScan;
  readonly entries: readonly SyncMapEntry[];
}

function readMap(program: Program, address: Addr): Read {
  const entries: SyncMapEntry[] = [];
  const place = syncMapPlace(program, address, { limits, pause });
  const scan = scanSyncMap(place, (entry) => entries.push(entry));
  return { scan, entries };
}

const texts = (entries: readonly SyncMapEntry[]): [string, string][] =>
  entries.map(({ key, value }) => [key.text, value.text]);

describe.each([
  ['1.18.10', '', 'maps'],
  ['1.19.13', '', 'maps'],
  ['1.23.12', '', 'maps'],
  ['1.24.13', '', 'trie'],
  ['1.24.13', 'nosynchashtriemap', 'maps'],
  ['1.26.8', '', 'trie'],
  ['1.27.4', '', 'trie'],
])('sync.Map of go%s %s', (version, experiment, kind) => {
  let child: ChildProcessWithoutNullStreams;
  let target: Target;
  let program: Program;
  /** The same process, as if its binary had no debug information. */
  let bare: Program;
  const said: Said[] = [];
  let places: ReadonlyMap<string, Addr>;

  beforeAll(async () => {
    child = spawn(buildGo('syncmap', version, 'default', experiment), { stdio: ['pipe', 'pipe', 'pipe'] });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('ready')) break;
      said.push(JSON.parse(line) as Said);
    }
    target = Target.open(child.pid as Pid);
    const { binary, bias, memory, types } = target;
    const debug = openDebugInfo(binary, inflate, types, bias);
    program = { binary, bias, memory, types, debug };
    bare = { ...program, debug: undefined };
    const found = findMaps(program, debug, { packages: (path) => path === 'main' }).maps;
    places = new Map(
      found.filter((one) => one.kind === 'sync.Map').map((one) => [one.name, one.header] as const),
    );
  }, 120_000);

  afterAll(() => {
    target.close();
    child.kill('SIGKILL');
  });

  it('is found by name, unless nothing was ever put into it', () => {
    const names = [...places.keys()];
    for (const { name } of said) {
      const isFound = names.some((one) => one.includes(name.replace('*', '')));
      expect(isFound, name).toBe(name !== UNUSED);
    }
  });

  const placeOf = (name: string): Addr =>
    name === UNUSED
      ? toAddr(program.debug?.variable(name)?.address ?? fileAddr(0), program.bias)
      : ([...places].find(([one]) => one.includes(name.replace('*', '')))?.[1] ?? addr(0));

  it('holds what the program says, with debug information and without', () => {
    for (const of of [program, bare])
      for (const { name, entries: ledger } of said) {
        const { scan, entries } = readMap(of, placeOf(name));
        expect(Object.fromEntries(texts(entries)), name).toEqual(ledger);
        expect(entries.length, name).toBe(Object.keys(ledger).length);
        expect(scan.consistent, name).toBe(true);
        expect(scan.totals).toMatchObject({ kind, entries: entries.length, unstable: 0 });
      }
  });

  it('tells how it is made up', () => {
    const large = readMap(program, placeOf('main.large')).scan.totals;
    if (large.kind === 'trie') {
      expect(large.depths.reduce((sum, n) => sum + n, 0)).toBe(large.entries);
      // 16^3 < 6,000 < 16^4: most keys lie four nodes deep.
      expect(large.depths.length).toBeGreaterThan(4);
      expect(large.nodes).toBeGreaterThan(6_000 / 16);
      expect(large.longestChain).toBe(1);
      // A node of 152 bytes takes 160 of the heap.
      expect(large.bytes).toBe(large.nodes * 160 + large.entries * 48);
      return;
    }
    expect(readMap(program, placeOf('main.amended')).scan.totals).toMatchObject({
      read: 50,
      dirty: 60,
      amended: true,
      misses: 2,
      deleted: 0,
    });
    expect(readMap(program, placeOf('main.expunged')).scan.totals).toMatchObject({
      read: 100,
      dirty: 81 - 1 + 0,
      amended: true,
      deleted: 39,
      expunged: 39,
    });
    expect(readMap(program, placeOf('main.emptied')).scan.totals).toMatchObject({
      read: 5000,
      dirty: 0,
      amended: false,
      deleted: 5000,
      expunged: 0,
    });
  });

  it('shows entries that were there while others change them, and all that stay', async () => {
    child.stdin.write('\n');
    let changed = false;
    const last = performance.now() + 40_000;
    // A busy machine may let the writers begin late.
    for (let round = 0; round < 6 || (!changed && performance.now() < last); round++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { entries, scan } = readMap(program, placeOf('main.busy'));
      const keys = new Set<string>();
      for (const [key, value] of texts(entries)) {
        expect(Number(key)).toBeLessThan(2000);
        expect(value).toMatch(new RegExp(`^"value ${key}( x*)?"$`));
        expect(keys.has(key)).toBe(false);
        keys.add(key);
      }
      changed ||= !scan.consistent || keys.size < 2000;
      if (scan.totals.unstable > 0) continue;
      for (let key = 0; key < 1000; key++) expect(keys.has(String(key)), `${key}`).toBe(true);
    }
    expect(changed).toBe(true);
  }, 60_000);
});
