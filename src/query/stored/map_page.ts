import { MapauditError } from '../../base/errors.ts';
import { type MapOp, READ_OPS } from '../../model/map_op.ts';
import type { ApiGrowth, ApiMap, ApiSlice } from '../../protocol/api.ts';
import type { Ask, SqlRow } from '../../store/index.ts';
import { topKeys } from './events.ts';
import { addressText, Names, NO_TYPE } from './names.ts';
import { ratesFrom } from './rates.ts';
import { conditionOf } from './slice.ts';
import { sourceOf, sourcesOf } from './source.ts';
import { stepFor } from './steps.ts';
import { topSites } from './top.ts';

const TOP = 20;
const SIZES = 2000;
const GROWTH = 500;

/** One map, or all of a type. Error: `slice`, where neither is named, or several maps are at that address. */
export async function mapOf(ask: Ask, slice: ApiSlice): Promise<ApiMap> {
  if (slice.map === undefined && slice.map_type === undefined)
    throw new MapauditError('slice', 'a map is asked for without saying which', {
      hint: 'Name its address or its type: map=0xc000123450, or map_type=map[string]int.',
    });
  await mustBeOne(ask, slice);
  const step = stepFor(slice.from, slice.to);
  const sources = await sourcesOf(ask, slice, step);
  const names = new Names(ask);
  const sitesOf = async (ops: readonly MapOp[]): Promise<ApiMap['writers']> =>
    (await topSites(ask, sources.sums, TOP, { ops, names })).sites;
  const { growth, growth_left } = await growthOf(ask, slice);
  const about = await aboutOf(ask, slice);
  return {
    type: 'map',
    ...about,
    rates: await ratesFrom(ask, sources, 'op', step, Infinity),
    sizes: await sizesOf(ask, slice),
    growth,
    growth_left,
    writers: await sitesOf(['delete', 'assign', 'clear', 'grow']),
    readers: await sitesOf(READ_OPS),
    keys: await topKeys(ask, slice, TOP),
  };
}

/** Another process has a map at the same address, or another type had one there before. */
async function mustBeOne(ask: Ask, slice: ApiSlice): Promise<void> {
  if (slice.map === undefined) return;
  const { where, values } = byTime(slice);
  const source = await sourceOf(ask, slice, 3_600_000);
  const rows = await ask(
    `SELECT DISTINCT process, map_type FROM (SELECT process, map_type FROM ${source.windows} w
       UNION ALL SELECT process, coalesce(map_type, 0) FROM map_states WHERE ${where}) m
     ORDER BY process, map_type`,
    { ...values, ...source.values },
  );
  const names = await new Names(ask).of(rows);
  const processes = [...new Set(rows.map(({ process }) => names.process(process)))];
  if (processes.length > 1) throw severalMaps(slice.map, 'process', processes);
  const types = [...new Set(rows.flatMap(({ map_type: type }) => names.type(type) ?? []))];
  if (types.length > 1) throw severalMaps(slice.map, 'map_type', types);
}

const severalMaps = (map: string, parameter: string, ones: readonly string[]): MapauditError =>
  new MapauditError('slice', `${ones.length} maps are at ${map} in this time`, {
    hint: `Say which: ${ones.map((one) => `${parameter}=${one}`).join(', or ')}.`,
  });

const byTime = (
  slice: ApiSlice,
): { readonly where: string; readonly values: Record<string, string | number | boolean | null> } => {
  // Of sites and operations rows of this kind know nothing.
  const { op: _op, site: _site, ...rest } = slice;
  const { sql, values } = conditionOf(rest);
  return {
    where: `seen_at >= {from:Int64} AND seen_at < {to:Int64}${sql}`,
    values: { ...values, from: slice.from, to: slice.to },
  };
};

/** Type, name and process, from whatever tells of the map, in the slice or before. */
async function aboutOf(
  ask: Ask,
  slice: ApiSlice,
): Promise<Pick<ApiMap, 'map' | 'map_type' | 'name' | 'process'>> {
  const { where, values } = byTime({ ...slice, from: 0 });
  const [state] = await ask(
    `SELECT process, map_type, map, name FROM map_states WHERE ${where} ORDER BY seen_at DESC LIMIT 1`,
    values,
  );
  const found = state ?? (await fromWindows(ask, slice));
  const names = found === undefined ? undefined : await new Names(ask).of([found]);
  return {
    ...(slice.map === undefined ? {} : { map: addressText(Number(slice.map)) ?? slice.map }),
    map_type: slice.map_type ?? names?.type(found?.['map_type']) ?? NO_TYPE,
    ...(slice.map !== undefined && typeof found?.['name'] === 'string' ? { name: found['name'] } : {}),
    process: slice.process ?? names?.process(found?.['process']) ?? '',
  };
}

async function fromWindows(ask: Ask, slice: ApiSlice): Promise<SqlRow | undefined> {
  const { windows, values } = await sourceOf(ask, slice, 3_600_000);
  const [row] = await ask(
    `SELECT process, map_type, map, sum(count) AS count FROM ${windows} w
     GROUP BY process, map_type, map ORDER BY count DESC LIMIT 1`,
    values,
  );
  return row;
}

/** Of one map all sizes; of a type the sum over its maps at each look. */
async function sizesOf(ask: Ask, slice: ApiSlice): Promise<ApiMap['sizes']> {
  const { where, values } = byTime(slice);
  const rows = await ask(
    `SELECT seen_at, sum(entries) AS entries, sum(bytes) AS bytes, sum(waste_bytes) AS waste_bytes
     FROM map_states WHERE ${where} GROUP BY seen_at ORDER BY seen_at DESC LIMIT ${SIZES}`,
    values,
  );
  return rows.toReversed().map(({ seen_at, entries, bytes, waste_bytes }) => ({
    at: Number(seen_at),
    entries: Number(entries),
    ...(typeof bytes === 'number' ? { bytes } : {}),
    ...(typeof waste_bytes === 'number' ? { waste_bytes } : {}),
  }));
}

async function growthOf(ask: Ask, slice: ApiSlice): Promise<Pick<ApiMap, 'growth' | 'growth_left'>> {
  const { where, values } = byTime(slice);
  const rows = await ask(`SELECT * FROM growth WHERE ${where} ORDER BY seen_at DESC LIMIT ${GROWTH}`, values);
  const [count] = await ask(`SELECT count(*) AS steps FROM growth WHERE ${where}`, values);
  const names = new Names(ask);
  await names.sites(rows.map(({ site }) => Number(site ?? 0)));
  return {
    growth: rows.toReversed().map((row) => growthOfRow(row, names)),
    growth_left: Number(count?.['steps'] ?? 0) - rows.length,
  };
}

const GROWTH_OPS = ['grow', 'evacuate', 'rehash', 'split', 'prune', 'clear'] as const;

function growthOfRow(row: SqlRow, names: Names): ApiGrowth {
  const { seen_at, cause, len, size_from, size_to, duration_ns } = row;
  const site = names.site(row['site']);
  return {
    at: Number(seen_at),
    op: GROWTH_OPS.find((op) => op === row['op']) ?? 'grow',
    ...(typeof cause === 'string' ? { trigger: cause } : {}),
    ...(typeof len === 'number' ? { len } : {}),
    ...(typeof size_from === 'number' ? { from: size_from } : {}),
    ...(typeof size_to === 'number' ? { to: size_to } : {}),
    ...(typeof duration_ns === 'number' ? { duration_ns } : {}),
    ...(site === undefined ? {} : { site }),
  };
}
