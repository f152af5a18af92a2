import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapsLines } from '../../src/agent/maps.ts';
import type { ListedMap, MapsLine, MapsOptions, MapsReport } from '../../src/protocol/maps.ts';
import { type Build, buildGo } from '../support/go_build.ts';

/** The program lists while it runs, and the maps that it told of: how many entries each has. */
interface Lists {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly binary: string;
  readonly told: ReadonlyMap<string, number>;
}

async function startLists(version: string, build: Build): Promise<Lists> {
  const binary = buildGo('lists', version, build);
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  const told = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [name = '', length] = line.split('\t');
    if (name === 'ready') break;
    told.set(name, Number(length));
  }
  return { child, pid: child.pid ?? 0, binary, told };
}

const DEFAULTS = {
  sort: 'bytes',
  minLen: 0,
  limit: Infinity,
  families: false,
  held: false,
  patienceMs: 60_000,
} as const;

interface Answer {
  readonly maps: readonly ListedMap[];
  readonly reports: readonly MapsReport[];
  readonly report: MapsReport;
}

async function list(
  options: Partial<MapsOptions> & Pick<MapsOptions, 'selection'>,
  onLine: (line: MapsLine) => void = () => undefined,
): Promise<Answer> {
  const all: MapsLine[] = [];
  for await (const batch of mapsLines({ ...DEFAULTS, ...options }, new AbortController().signal))
    for (const line of batch) {
      all.push(line);
      onLine(line);
    }
  const reports = all.filter((line) => line.type === 'maps');
  return { maps: all.filter((line) => line.type === 'found_map'), reports, report: reports[0]! };
}

const lenByName = ({ maps }: Answer): Map<string | undefined, number | undefined> =>
  new Map(maps.map((map) => [map.name, map.len]));

/** A writer puts one entry in and takes it out again. */
const CHURNED = 'main.cache.sessions';
/** What functions have captured is told from Go 1.23 on. */
const CAPTURED = 'main.next{seen}';

describe.each<[string, Build]>([
  ['1.18.10', 'default'],
  ['1.21.13', 'default'],
  ['1.23.12', 'default'],
  ['1.24.13', 'default'],
  ['1.26.8', 'pie'],
  ['1.27.4', 'default'],
])('maps of a program of Go %s, %s', (version, build) => {
  let lists: Lists;
  let answer: Answer;
  const named = (name: string): ListedMap | undefined => answer.maps.find((map) => map.name === name);

  beforeAll(async () => {
    lists = await startLists(version, build);
    answer = await list({ selection: { type: 'pid', pid: lists.pid } });
  });
  afterAll(() => lists.child.kill('SIGKILL'));

  it('lists every map that the program tells of, by name, with its entries', () => {
    const minor = Number(version.split('.')[1]);
    const expected = [...lists.told].filter(([name]) => name !== CAPTURED || minor >= 23);
    expect(expected.length).toBeGreaterThan(14);
    const lens = lenByName(answer);
    const found = expected.map(([name, len]) => {
      const now = lens.get(name);
      return [name, name === CHURNED && now === len + 1 ? len : now];
    });
    expect(found).toEqual(expected);
  });

  it('says who owns a map, and what locks it', () => {
    expect(named('main.cache.sessions')?.owner).toEqual({
      type: 'main.Cache',
      field: 'sessions',
      lock: 'mu',
    });
    expect(named('main.shards[1].items')?.owner).toEqual({
      type: 'main.Shard',
      field: 'items',
      lock: 'RWMutex',
    });
    expect(named('main.plain')?.owner).toBeUndefined();
    expect(named('local')?.local).toMatchObject({
      function: 'main.park',
      line: expect.any(Number) as number,
    });
    expect(named('main.concurrent')?.kind).toBe('sync.Map');
  });

  it('says how large maps are, the largest first', () => {
    const { maps, report } = answer;
    const sizes = maps.flatMap((map) => map.bytes ?? []);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    // Maps inside a sync.Map are in its bytes already.
    const own = maps.flatMap((map) => (map.part_of === undefined ? (map.bytes ?? []) : []));
    expect(report.bytes).toBe(own.reduce((sum, bytes) => sum + bytes, 0));
    // 300 elements of 200 bytes, which the heap keeps in 208.
    const wide = named('main.wide')!;
    expect(wide.bytes! - named('main.plain')!.bytes!).toBeLessThan(wide.bytes!);
    expect(wide.bytes).toBeGreaterThan(300 * 208);
    expect(named('main.plain')!.load).toBeCloseTo(1000 / named('main.plain')!.capacity!, 6);
    // It had 300 entries, and has 20 now.
    const holed = named('main.holed')!;
    expect(holed.waste! / holed.bytes!).toBeGreaterThan(0.8);
    expect(holed.fresh_bytes! + holed.waste!).toBe(holed.bytes);
  });

  it('has seen everything, and says so', () => {
    expect(answer.report.not_seen).toEqual([]);
    expect(answer.report.found).toBe(answer.maps.length);
    expect(answer.report.listed).toBe(answer.maps.length);
  });

  it('filters, and gathers maps that are alike', async () => {
    const selection = { type: 'pid', pid: lists.pid } as const;
    const some = await list({ selection, map: '^map\\[string\\]\\*main.Session$' });
    expect(some.maps.map((map) => map.name)).toEqual(['main.cache.sessions']);
    const owned = await list({ selection, map: 'Shard\\)\\.items', minLen: 2 });
    expect(owned.maps.map((map) => map.name)).toEqual(['main.shards[1].items']);
    const { maps, report } = await list({ selection, families: true, limit: 8 });
    expect([maps.length, report.listed]).toEqual([8, 8]);
    expect(report.rows).toBeGreaterThan(8);
    const family = (await list({ selection, families: true, map: 'Data$' })).maps;
    expect(family).toMatchObject([{ name: 'main.cache.sessions[…].Data', maps: 300, len: 300 }]);
  });

  it('counts what keys and elements refer to when asked', async () => {
    const { maps } = await list({ selection: { type: 'pid', pid: lists.pid }, held: true, map: 'Session$' });
    // At least the sessions themselves, of two words each.
    expect(maps[0]!.held_bytes).toBeGreaterThan(300 * 16);
    expect(answer.maps.every((map) => map.held_bytes === undefined)).toBe(true);
  });
});

describe.each<[string, Build]>([
  ['1.21.13', 'default'],
  ['1.26.8', 'default'],
  ['1.26.8', 'stripped'],
])('observed maps of Go %s, %s', (version, build) => {
  let lists: Lists;
  let answer: Answer;

  beforeAll(async () => {
    lists = await startLists(version, build);
    answer = await list(
      { selection: { type: 'pid', pid: lists.pid }, sort: 'rate', observeMs: 3000 },
      (line) => {
        if (line.type === 'attached') lists.child.stdin?.write('later\n');
      },
    );
  });
  afterAll(() => lists.child.kill('SIGKILL'));

  it('says who writes, from where and how often', () => {
    const churned = answer.maps.find((map) => map.map_type === 'map[string]*main.Session')!;
    const { ops, sites, goroutines, rate, duration_ms: ms } = churned.observed!;
    expect(ops.assign).toBeGreaterThan(50);
    // The program goes on while its counters are read, at the beginning and at the end, however long that takes.
    expect(Math.abs(ops.assign! - ops.delete!)).toBeLessThanOrEqual(4 + ops.assign! / 10);
    expect(rate).toBeCloseTo((ops.assign! + ops.delete!) / (ms / 1000), -1);
    expect(sites.map((site) => [site.op, site.function])).toEqual(
      expect.arrayContaining([
        ['assign', 'main.(*Cache).churn'],
        ['delete', 'main.(*Cache).churn'],
      ]),
    );
    expect(goroutines).toMatchObject([{ start: 'main.write' }]);
    expect(Math.abs(churned.observed!.growth ?? 0)).toBeLessThanOrEqual(2);
  });

  it('gathers maps that are made for a moment', () => {
    const shorts = answer.maps.filter((map) => map.map_type === 'map[int16]int' && map.found === 'probe');
    const short = shorts[0]!;
    expect(short.maps).toBeGreaterThan(50);
    expect(short.observed!.sites[0]).toMatchObject({ op: 'assign', function: 'main.write' });
    expect(shorts.length).toBe(1);
  });

  it.skipIf(build === 'stripped')('tells maps that came meanwhile from those that were there', () => {
    const { maps } = answer;
    expect(maps.filter((map) => map.fresh === true).map((map) => map.name)).toContain('main.young');
    expect(maps.find((map) => map.name === 'main.plain')?.fresh).toBeUndefined();
  });
});

describe('a stripped program', () => {
  let lists: Lists;
  beforeAll(async () => (lists = await startLists('1.26.8', 'stripped')));
  afterAll(() => lists.child.kill('SIGKILL'));

  it('has maps by type, and says that not all can be seen', async () => {
    const { maps, report } = await list({ selection: { type: 'pid', pid: lists.pid } });
    expect(report.not_seen.map((one) => one.code)).toEqual(['no-debug-info']);
    const lens = maps.map((map) => [map.map_type, map.len]);
    for (const [name, type] of [
      ['main.wide', 'map[int]main.Wide'],
      ['main.fat', 'map[[40]int]int'],
      ['main.holed', 'map[int]int'],
    ])
      expect(lens).toContainEqual([type, lists.told.get(name!)]);
    expect(maps.every((map) => map.name === undefined || !map.name.startsWith('main.'))).toBe(true);
  });
});

describe('several processes, and none', () => {
  it('lists the maps of each process of a binary', async () => {
    // A binary that no other test runs at the same time.
    const one = await startLists('1.24.13', 'default');
    const two = await startLists('1.24.13', 'default');
    try {
      const { reports, maps } = await list({ selection: { type: 'exe', path: one.binary }, limit: 3 });
      const pids = reports.map((report) => report.pid);
      expect(pids).toEqual(expect.arrayContaining([one.pid, two.pid]));
      expect(maps.filter((map) => map.pid === two.pid).map((map) => map.id)).toEqual([1, 2, 3]);
    } finally {
      one.child.kill('SIGKILL');
      two.child.kill('SIGKILL');
    }
  });

  it('says so when there is no such process', async () => {
    await expect(list({ selection: { type: 'name', glob: 'no such program' } })).rejects.toMatchObject({
      code: 'no-such-process',
    });
  });
});
