import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapsLines } from '../../src/agent/maps.ts';
import type { ListedMap, MapsReport } from '../../src/protocol/maps.ts';
import { mapaudit } from '../agent/support.ts';
import type { InspectedEntry, InspectLine } from '../../src/protocol/inspect.ts';
import { buildGo } from '../support/go_build.ts';

/** sync.Maps of one state, and what the program's heap grew by when they were made. */
interface Case {
  readonly state: string;
  readonly name: string;
  readonly copies: number;
  readonly len: number;
  readonly bytes: number;
}

describe.each([
  ['1.18.10', '', 'maps'],
  ['1.21.13', '', 'maps'],
  ['1.23.12', '', 'maps'],
  ['1.24.13', '', 'trie'],
  ['1.24.13', 'nosynchashtriemap', 'maps'],
  ['1.27.4', '', 'trie'],
] as const)('sync.Maps in the list of go%s %s', (version, experiment, kind) => {
  let child: ChildProcess | undefined;
  const cases: Case[] = [];
  const owns: (readonly [string, number])[] = [];
  const holds: (readonly [string, number])[] = [];
  let maps: readonly ListedMap[];
  let report: MapsReport;

  beforeAll(async () => {
    const started = spawn(buildGo('syncsizes', version, 'default', experiment), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child = started;
    for await (const line of createInterface({ input: started.stdout })) {
      const [word, first = '', second = '', copies, len, bytes] = line.split('\t');
      if (word === 'ready') break;
      if (word === 'begin') continue;
      if (word === 'owns') owns.push([first, Number(second)]);
      else if (word === 'holds') holds.push([first, Number(second)]);
      else
        cases.push({
          state: first,
          name: second,
          copies: Number(copies),
          len: Number(len),
          bytes: Number(bytes),
        });
    }
    const lines = [];
    const question = { sort: 'bytes', minLen: 0, limit: Infinity, families: false, held: true } as const;
    const selection = { type: 'pid', pid: started.pid ?? 0 } as const;
    for await (const batch of mapsLines(
      { ...question, selection, patienceMs: 60_000 },
      new AbortController().signal,
    ))
      lines.push(...batch);
    maps = lines.filter((line) => line.type === 'found_map');
    report = lines.find((line) => line.type === 'maps')!;
  }, 120_000);

  afterAll(() => child?.kill('SIGKILL'));

  it('are as large as the heap says, and have as many keys as the program says', () => {
    expect(cases).toHaveLength(30);
    const wrong = cases.flatMap((one) => {
      const rows = maps.filter(
        (map) => map.kind === 'sync.Map' && map.name?.startsWith(`${one.name}[`) === true,
      );
      const bytes = rows.reduce((sum, row) => sum + row.bytes!, 0);
      const fits =
        rows.length === one.copies &&
        rows.every((row) => row.len === one.len && row.consistent === true) &&
        Math.abs(bytes - one.bytes) <= 0.002 * one.bytes + 512;
      return fits ? [] : [[one, rows.length, bytes, rows[0]]];
    });
    expect(wrong).toEqual([]);
  });

  it('keep alive what the heap says, with what their keys and values refer to', () => {
    const [[name, heap]] = owns as [[string, number]];
    const row = maps.find((map) => map.name === name)!;
    expect(row.held_at_least).toBeUndefined();
    expect(Math.abs(row.bytes! + row.held_bytes! - heap) / heap).toBeLessThan(0.002);
  });

  it('say what they are made of', () => {
    const of = (state: string): ListedMap['sync_map'] => {
      const { name } = cases.find((one) => one.state === state)!;
      return maps.find((map) => map.name === `${name}[0]`)!.sync_map;
    };
    if (kind === 'trie') {
      const { trie } = of('filled 5500')!;
      expect(trie!.depths.reduce((sum, n) => sum + n)).toBe(5500);
      expect(trie!.nodes).toBeGreaterThan(5500 / 16);
      return;
    }
    const nothing = { deleted: 0, expunged: 0, misses: 0 };
    expect(of('filled 5500')!.maps).toEqual({ ...nothing, read: 0, dirty: 5500, amended: true });
    expect(of('promoted 5500')!.maps).toEqual({ ...nothing, read: 5500, dirty: 0, amended: false });
    expect(of('amended 100')!.maps).toEqual({ ...nothing, read: 100, dirty: 126, amended: true });
    expect(of('deleted 100')!.maps).toMatchObject({ read: 100, dirty: 0, deleted: 50, expunged: 0 });
    expect(of('expunged 100')!.maps).toMatchObject({ read: 100, dirty: 51, deleted: 50, expunged: 50 });
  });

  it('lead to the maps that their values hold', () => {
    expect(holds).toHaveLength(7);
    const lens = new Map(maps.map((map) => [map.name, map.len]));
    expect(holds.map(([name]) => [name, lens.get(name)])).toEqual(holds);
    expect(maps.filter((map) => map.name?.includes('gone') === true)).toEqual([]);
  });

  it('are found by the names of what their values hold, and by key', { timeout: 60_000 }, () => {
    const ask = (...args: string[]): readonly InspectLine[] => {
      const { code, out, err } = mapaudit('inspect', '-p', String(child!.pid), '--json', ...args);
      if (code !== 0) throw new Error(err);
      return out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as InspectLine);
    };
    const found = holds.slice(0, 5).map(([name]) => [name, lenOf(ask('--expr', name))]);
    expect(found).toEqual(holds.slice(0, 5));
    const one = ask('--expr', 'main.owner', '--key', '"the key of shop number 7"');
    expect(entriesOf(one).map(({ value }) => value.text)).toEqual([
      expect.stringContaining('"the name of shop number 7"'),
    ]);
    expect(entriesOf(ask('--expr', 'main.owner', '--key', '"none"'))).toEqual([]);
    expect(mapaudit('inspect', '-p', String(child!.pid), '--expr', 'main.owner', '--heat').code).toBe(1);
  });

  it('are counted once', () => {
    const parts = maps.filter((map) => map.part_of !== undefined);
    const sum = (rows: readonly ListedMap[]): number =>
      rows.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
    expect(report.bytes).toBe(sum(maps) - sum(parts));
    expect(report.not_seen).toEqual([]);
    if (kind === 'trie') {
      expect(parts).toEqual([]);
      return;
    }
    const amended = cases.find((one) => one.state === 'amended 100')!.name;
    const [owner, read, dirty] = ['', '.read', '.dirty'].map((part) =>
      maps.find((map) => map.name === `${amended}[0]${part}`),
    );
    expect([read!.len, dirty!.len]).toEqual([100, 126]);
    expect(read!.part_of).toEqual({ sync_map: owner!.address, part: 'read' });
    expect(read!.bytes! + dirty!.bytes!).toBeLessThan(owner!.bytes!);
  });
});

const entriesOf = (lines: readonly InspectLine[]): readonly InspectedEntry[] =>
  lines.filter((line) => line.type === 'entry');

const lenOf = (lines: readonly InspectLine[]): number | undefined =>
  lines.find((line) => line.type === 'map')?.len;
