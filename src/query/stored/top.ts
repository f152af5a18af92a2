import { MAP_OPS, type MapOp } from '../../model/map_op.ts';
import type { ApiCount, ApiTopMap, ApiTopSite } from '../../protocol/api.ts';
import type { Ask, SqlRow } from '../../store/index.ts';
import { addressText, Names, NO_SITE, NO_TYPE } from './names.ts';
import type { Source } from './source.ts';

/** Groups with their counts, the largest first, and how many more there are. */
interface Groups {
  readonly groups: readonly {
    readonly row: SqlRow;
    readonly counts: readonly ApiCount[];
    readonly total: number;
  }[];
  readonly left: number;
}

async function topGroups(
  ask: Ask,
  source: Source,
  columns: readonly string[],
  limit: number,
  ops?: readonly MapOp[],
): Promise<Groups> {
  const list = columns.join(', ');
  const where = ops === undefined ? '' : `WHERE op IN (${ops.map((op) => `'${op}'`).join(', ')})`;
  const counted = `counted AS (SELECT ${list}, op, sum(count) AS count, sum(found) AS found, sum(not_found) AS not_found
    FROM ${source.windows} w ${where} GROUP BY ${list}, op)`;
  const on = columns.map((column) => `c.${column} = g.${column}`).join(' AND ');
  const rows = await ask(
    `WITH ${counted}, largest AS (SELECT ${list}, sum(count) AS total, count(*) OVER () AS groups FROM counted GROUP BY ${list}
       ORDER BY total DESC, ${list} LIMIT ${limit})
     SELECT ${columns.map((column) => `c.${column} AS ${column}`).join(', ')}, c.op AS op, c.count AS count,
       c.found AS found, c.not_found AS not_found, g.total AS total, g.groups AS groups
     FROM counted c JOIN largest g ON ${on} ORDER BY g.total DESC, ${columns.map((column) => `c.${column}`).join(', ')}, c.count DESC`,
    source.values,
  );
  const groups = new Map<string, { row: SqlRow; counts: ApiCount[]; total: number }>();
  for (const row of rows) {
    const key = columns.map((column) => row[column]).join(' ');
    const group = groups.get(key) ?? { row, counts: [], total: Number(row['total']) };
    groups.set(key, group);
    group.counts.push(countOf(row));
  }
  return { groups: [...groups.values()], left: Number(rows[0]?.['groups'] ?? 0) - groups.size };
}

/** `found` and `not_found` only where something of them is known. */
function countOf(row: SqlRow): ApiCount {
  const [found, not_found] = [Number(row['found']), Number(row['not_found'])];
  return {
    op: MAP_OPS.find((op) => op === row['op']) ?? 'access',
    count: Number(row['count']),
    ...(found + not_found === 0 ? {} : { found, not_found }),
  };
}

export async function topSites(
  ask: Ask,
  source: Source,
  limit: number,
  { ops, names }: { readonly ops?: readonly MapOp[]; readonly names: Names },
): Promise<{ readonly sites: readonly ApiTopSite[]; readonly left: number }> {
  const { groups, left } = await topGroups(ask, source, ['process', 'map_type', 'site'], limit, ops);
  await names.of(groups.map(({ row }) => row));
  const sites = groups.map(({ row, counts, total }) => {
    const type = names.type(row['map_type']);
    return {
      site: names.site(row['site']) ?? NO_SITE,
      ...(type === undefined ? {} : { map_type: type }),
      process: names.process(row['process']),
      counts,
      total,
    };
  });
  return { sites, left };
}

export async function topMaps(
  ask: Ask,
  source: Source,
  limit: number,
  names: Names,
): Promise<{ readonly maps: readonly ApiTopMap[]; readonly left: number }> {
  const { groups, left } = await topGroups(ask, source, ['process', 'map_type', 'map'], limit);
  await names.of(groups.map(({ row }) => row));
  const states = await lastStates(
    ask,
    groups.map(({ row }) => row),
    source,
  );
  const maps = groups.map(({ row, counts, total }) => {
    const map = addressText(row['map']);
    return {
      ...(map === undefined ? {} : { map }),
      map_type: names.type(row['map_type']) ?? NO_TYPE,
      ...(states.get(`${Number(row['process'])} ${Number(row['map'])}`) ?? {}),
      process: names.process(row['process']),
      counts,
      total,
    };
  });
  return { maps, left };
}

type State = Pick<ApiTopMap, 'name' | 'entries' | 'bytes' | 'waste_bytes'>;

const nameOfMap = ({ process, map }: SqlRow): string => `${Number(process)} ${Number(map)}`;

/** What maps looked like last before the source's end, by process and address. */
async function lastStates(
  ask: Ask,
  maps: readonly SqlRow[],
  { from, to }: Source,
): Promise<Map<string, State>> {
  const wanted = maps.filter(({ map }) => Number(map ?? 0) > 0);
  // All that were kept are many: most maps have been looked at within the time itself.
  const states = await statesWithin(ask, wanted, from, to);
  const missing = wanted.filter((map) => !states.has(nameOfMap(map)));
  for (const [map, state] of await statesWithin(ask, missing, 0, from)) states.set(map, state);
  return states;
}

async function statesWithin(
  ask: Ask,
  wanted: readonly SqlRow[],
  from: number,
  to: number,
): Promise<Map<string, State>> {
  const states = new Map<string, State>();
  if (wanted.length === 0) return states;
  const list = (column: string): string => [...new Set(wanted.map((row) => Number(row[column])))].join(', ');
  const rows = await ask(
    `SELECT s.process AS process, s.map AS map, s.name AS name, s.entries AS entries, s.bytes AS bytes,
       s.waste_bytes AS waste_bytes
     FROM map_states s JOIN (SELECT process, map, max(seen_at) AS seen_at FROM map_states
       WHERE seen_at >= {from:Int64} AND seen_at < {to:Int64} AND map IN (${list('map')})
         AND process IN (${list('process')}) GROUP BY process, map) l
     ON s.process = l.process AND s.map = l.map AND s.seen_at = l.seen_at
     WHERE s.seen_at >= {from:Int64} AND s.seen_at < {to:Int64}`,
    { from, to },
  );
  for (const row of rows) {
    const { name, entries, bytes, waste_bytes } = row;
    states.set(nameOfMap(row), {
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof entries === 'number' ? { entries } : {}),
      ...(typeof bytes === 'number' ? { bytes } : {}),
      ...(typeof waste_bytes === 'number' ? { waste_bytes } : {}),
    });
  }
  return states;
}
