import { hex } from '../../model/addr.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { MapObserved, MapSite } from '../../protocol/maps.ts';
import type { MapRow } from './map_row.ts';
import type { SeenMap } from './observed_maps.ts';

/** Maps of so many entries are common where they are made for a moment. */
const SMALL = 8;

/** The place that stands for a map: where most is put into it, else where most is done to it. */
export function mainSite({ sites }: Pick<MapObserved, 'sites'>): MapSite | undefined {
  return sites.find(({ op }) => op === 'assign') ?? sites[0];
}

/**
 * Rows in which maps that only probes told of, and that are small or gone, stand together: one row for all of one
 * type and place. A program may make thousands of them a second. `rows` are those of maps that still are there.
 */
export function gathered(rows: readonly MapRow[], seen: readonly SeenMap[]): MapRow[] {
  const kept = rows.filter((row) => !isSmall(row));
  const told = new Set(kept.map((row) => row.address));
  const named = new Set(rows.filter((row) => row.found === 'memory').map((row) => row.address));
  const groups = new Map<string, SeenMap[]>();
  for (const map of seen) {
    const address = hex(map.address);
    if (told.has(address) || named.has(address)) continue;
    const {
      op: _,
      count: __,
      rate: ___,
      ...place
    } = mainSite(map.observed) ?? { op: 'assign', count: 0, rate: 0 };
    const key = JSON.stringify([map.typeName, place]);
    groups.set(key, [...(groups.get(key) ?? []), map]);
  }
  const single = new Map(rows.map((row) => [row.address, row]));
  const together = [...groups.values()].flatMap((maps) => {
    const [first, ...others] = maps;
    if (first === undefined) return [];
    const row = single.get(hex(first.address));
    return [others.length === 0 && row !== undefined ? row : groupRow(first, maps)];
  });
  return [...kept, ...together];
}

const isSmall = ({ found, len }: MapRow): boolean => found === 'probe' && (len === undefined || len <= SMALL);

function groupRow({ typeName }: SeenMap, maps: readonly SeenMap[]): MapRow {
  return {
    kind: 'map',
    ...(typeName === undefined ? {} : { map_type: typeName }),
    found: 'probe',
    maps: maps.length,
    observed: sumObserved(maps.map((map) => map.observed)),
    advice: [],
  };
}

const SITES = 16;

/** What was seen of several maps, together. */
export function sumObserved(all: readonly MapObserved[]): MapObserved {
  const ops: { [op in MapOp]?: number } = {};
  const sites = new Map<string, MapSite>();
  for (const { ops: some, sites: places } of all) {
    for (const [op, count] of Object.entries(some) as [MapOp, number][]) ops[op] = (ops[op] ?? 0) + count;
    for (const site of places) {
      const key = JSON.stringify([site.op, site.function, site.file, site.line]);
      const before = sites.get(key);
      const [count, rate] = [site.count + (before?.count ?? 0), site.rate + (before?.rate ?? 0)];
      sites.set(key, { ...site, count, rate });
    }
  }
  return {
    duration_ms: all[0]?.duration_ms ?? 0,
    ops,
    rate: all.reduce((sum, one) => sum + one.rate, 0),
    ...(all.some((one) => one.growth !== undefined)
      ? { growth: all.reduce((sum, one) => sum + (one.growth ?? 0), 0) }
      : {}),
    grows: all.reduce((sum, one) => sum + one.grows, 0),
    sites: [...sites.values()].sort((a, b) => b.count - a.count).slice(0, SITES),
  };
}
