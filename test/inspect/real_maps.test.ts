import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapsLines } from '../../src/agent/maps.ts';
import type { ListedMap, MapsReport } from '../../src/protocol/maps.ts';
import { heapProfile, mapBytes, Symbols } from '../real/profiles.ts';
import { type ProfiledProgram, startFullCaddy, startFullNats } from '../real/programs.ts';

const BUILD_MS = 20 * 60_000;
/** Other bytes than the heap's own are too many. */
const MOST_OFF = 0.1;
/** Places that allocated less for maps than this say little. */
const LARGE = 100_000;

/** Maps that are known by the type that owns them, and the functions in which they are made and grow. */
interface Known {
  readonly owners: readonly string[];
  readonly sites: RegExp;
}

const NATS: readonly Known[] = [
  { owners: ['server.client.subs'], sites: /\(\*client\)\.processSubEx$/ },
  { owners: ['server.memStore.msgs'], sites: /\(\*memStore\)\.storeRawMsg$|server\.newMemStore$/ },
  {
    owners: ['server.level.nodes', 'server.node.psubs'],
    sites: /\(\*Sublist\)\.Insert(?:-range1)?$|server\.new(?:Level|Node)$/,
  },
];

const CADDY: readonly Known[] = [
  {
    owners: ['v2.UsagePool.pool', 'caddy.UsagePool.pool'],
    sites: /\(\*UsagePool\)\.LoadOr\w+$|\.NewUsagePool$/,
  },
  {
    owners: ['prometheus.metricMap.metrics'],
    sites: /\(\*metricMap\)\.getOrCreate\w+$|prometheus\.NewMetricVec$/,
  },
];

describe.each<[string, () => Promise<ProfiledProgram>, readonly Known[]]>([
  ['nats-server', startFullNats, NATS],
  ['caddy', startFullCaddy, CADDY],
])('%s', (name, start, known) => {
  let program: ProfiledProgram;
  let maps: ListedMap[];
  let report: MapsReport;
  let profile: Map<string, number>;

  beforeAll(async () => {
    program = await start();
    await program.load();
    const selection = { type: 'pid', pid: program.pid } as const;
    const options = {
      selection,
      sort: 'bytes',
      minLen: 0,
      limit: Infinity,
      families: false,
      held: false,
      patienceMs: 120_000,
    } as const;
    maps = [];
    for await (const batch of mapsLines(options, new AbortController().signal))
      for (const line of batch)
        if (line.type === 'found_map') maps.push(line);
        else if (line.type === 'maps') report = line;
    profile = mapBytes(await heapProfile(program.profile), new Symbols(program.binary));
  }, BUILD_MS);
  afterAll(() => program.stop());

  it.each(known.map((one) => [one.owners[0], one] as const))(
    'names %s, of the size that the heap tells',
    (_, one) => {
      const mine = maps.filter(
        ({ owner }) => owner !== undefined && one.owners.includes(`${owner.type}.${owner.field}`),
      );
      const ours = sum(mine.map((map) => map.bytes ?? NaN));
      const heap = sum([...profile].filter(([site]) => one.sites.test(site)).map(([, bytes]) => bytes));
      console.log(name, one.owners[0], {
        maps: mine.length,
        ours,
        heap,
        off: `${(100 * (ours / heap - 1)).toFixed(2)} %`,
      });
      expect(heap).toBeGreaterThan(LARGE);
      expect(Math.abs(ours / heap - 1)).toBeLessThan(MOST_OFF);
    },
  );

  it('has all maps of the heap, all in all', () => {
    const heap = sum([...profile.values()]);
    console.log(name, 'all', { maps: report.found, ours: report.bytes, heap, notSeen: report.not_seen });
    expect(Math.abs(report.bytes / heap - 1)).toBeLessThan(MOST_OFF);
  });

  it('has a name for each large map', () => {
    const large = maps.filter((map) => (map.bytes ?? 0) > LARGE);
    expect(large.length).toBeGreaterThan(1);
    expect(large.filter((map) => map.name === undefined)).toEqual([]);
    expect(large.filter((map) => map.len === undefined || map.map_type === undefined)).toEqual([]);
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
