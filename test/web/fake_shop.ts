import type {
  ApiCount,
  ApiLive,
  ApiMap,
  ApiOverview,
  ApiQuestions,
  ApiRates,
  ApiSeries,
  ApiSlice,
  ApiStatus,
  ApiTopMap,
  ApiTopSite,
} from '../../src/protocol/api.ts';
import { MapauditError } from '../../src/base/errors.ts';
import { globRegExp, groupBy } from './helpers.ts';
import { findings, statusOf } from './shop_state.ts';
import { eventAt, eventsIn, lifeOf } from './shop_events.ts';
import {
  BEGAN,
  chance,
  countOf,
  type Doing,
  DOINGS,
  EVICT,
  EVICT_SOURCE,
  keysOf,
  MAPS,
  NOW,
  PROCESS,
  SEEN,
  SESSIONS,
  stacksOf,
  STORM,
} from './shop_model.ts';

/** What a test may want otherwise. */
export interface ShopOptions {
  /** The clock; stands still unless it is given. */
  readonly now?: () => number;
  readonly status?: Partial<ApiStatus>;
  readonly sampledEvery?: number;
  /** What the live stream tells after the first status; without it a window and some events each second. */
  readonly live?: (signal: AbortSignal) => AsyncIterable<ApiLive>;
  /** Nothing was recorded at all. */
  readonly empty?: boolean;
}

const WANTED_POINTS = 300;
const STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600].map((s) => s * 1000);

/** A shop that is audited: its answers are made of a few rates, and hang together. */
export function fakeShop(options: ShopOptions = {}): ApiQuestions {
  const now = options.now ?? (() => NOW);
  const every = options.sampledEvery ?? 1;
  const doing = (slice: Partial<ApiSlice>): Doing[] =>
    options.empty === true ? [] : DOINGS.filter(fits(slice));
  const rates = (
    slice: ApiSlice,
    by: 'op' | 'map_type' | 'site' | 'process',
    given?: number,
    limit = 1000,
  ): ApiRates => ratesOf(doing(slice), slice, by, given, limit, now());
  return {
    status: () => ({ ...statusOf(now(), every), ...options.status }),
    overview: (slice) => Promise.resolve(overviewOf(slice, doing(slice), rates(slice, 'op'), now(), every)),
    rates: (slice, by, step, { limit }) => Promise.resolve(rates(slice, by, step, limit)),
    findings: () => Promise.resolve({ type: 'findings', findings: findings(now()) }),
    map: (slice) => Promise.resolve(mapOf(slice, doing(slice), rates(slice, 'op'), now())),
    site: (slice) => {
      const [first] = doing(slice);
      if (first === undefined) throw new MapauditError('not-there', 'no such line was recorded');
      return Promise.resolve({
        type: 'site',
        site: first.site,
        rates: rates(slice, 'op'),
        maps: topMaps(doing(slice), slice),
        keys: keysOf(doing(slice)),
        stacks: stacksOf(first.site),
        stacks_left: 2,
        ...(first.site.id === EVICT.id ? { source: { from: 64, lines: EVICT_SOURCE, newer: false } } : {}),
      });
    },
    key: (slice, key) => {
      const all = options.empty === true ? [] : lifeOf(slice, key);
      return Promise.resolve({ type: 'key', key, sampled_every: every, events: all, left: 0 });
    },
    events: (slice, filter, { limit = 1000 }) => {
      const glob = filter.key === undefined ? undefined : globRegExp(filter.key);
      const all = eventsIn(
        slice,
        1400,
        doing({ ...slice, ...(filter.op === undefined ? {} : { op: filter.op }) }),
      )
        .filter(({ map }) => filter.map === undefined || new RegExp(filter.map).test(map.type ?? ''))
        .filter(
          ({ site: at }) =>
            filter.site === undefined ||
            new RegExp(filter.site).test(`${at?.function} ${at?.file}:${at?.line}`),
        )
        .filter(({ key }) => glob === undefined || glob.test((key?.text ?? '').replaceAll('"', '')))
        .filter(({ goroutine }) => filter.goid === undefined || goroutine?.id === filter.goid);
      return Promise.resolve({
        type: 'events',
        events: all.slice(0, limit),
        left: Math.max(0, all.length - limit),
      });
    },
    query: (text) => {
      if (!/^(deletes|assigns|operations) by /.test(text))
        throw new MapauditError('bad-question', `${text.slice(0, 80)}: that is no question`, {
          hint: "mapaudit query 'deletes by site last 10m'",
        });
      const span = { from: now() - 600_000, to: now() };
      const rows = topSites(doing({ op: 'delete' }), span);
      return Promise.resolve({
        type: 'table',
        columns: [
          { name: 'site', kind: 'text' },
          { name: 'deletes', kind: 'number' },
          { name: 'first', kind: 'time' },
        ],
        rows: rows.map((row) => [
          `${row.site.function} ${row.site.file}:${row.site.line}`,
          row.total,
          span.from,
        ]),
        left: 3,
        took_ms: 4.2,
        ...(text.includes('by process')
          ? { uncounted: [{ process: 'shop-1', ops: 'reads', ms: 31_903 } as const] }
          : {}),
      });
    },
    sql: () => Promise.reject(new MapauditError('bad-sql', 'no statement')),
    layout: (_, map) => {
      if (options.empty === true)
        throw new MapauditError('not-there', 'the process has ended', { hint: 'mapaudit ps' });
      return Promise.resolve(layoutOf(map));
    },
    live: (_, want, signal) => options.live?.(signal) ?? tick(now, want.events, signal),
  };
}

async function* tick(now: () => number, events: boolean, signal: AbortSignal): AsyncGenerator<ApiLive> {
  yield { type: 'status', status: statusOf(now(), 1) };
  let n = 0;
  while (!signal.aborted) {
    const start = Math.floor(now() / 1000) * 1000 - 1000 + (n > 60 ? n - 60 : 0) * 1000;
    // The minute before comes at once, so that the little picture in the header is full.
    for (; n < 60; n++) yield windowAt(start - (60 - n) * 1000);
    if (events)
      yield {
        type: 'events',
        events: Array.from({ length: 40 }, (_, i) => eventAt(n * 40 + i, start + i * 24)),
        skipped: 0,
      };
    yield windowAt(start);
    n++;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

const windowAt = (start: number): ApiLive => ({
  type: 'window',
  start,
  length_ms: 1000,
  counts: DOINGS.map((doing) => ({ op: doing.op, count: countOf(doing, start, 1000) })),
});

function fits(slice: Partial<ApiSlice>): (doing: Doing) => boolean {
  return ({ op, type, site }) =>
    (slice.op === undefined || slice.op === op) &&
    (slice.map_type === undefined || slice.map_type === type) &&
    (slice.map === undefined || MAPS[type]?.map === slice.map) &&
    (slice.site === undefined || slice.site === site.id) &&
    (slice.process === undefined || slice.process === PROCESS);
}

type Span = Pick<ApiSlice, 'from' | 'to'>;

function total(doing: Doing, { from, to }: Span): number {
  const step = Math.max(1000, Math.round((to - from) / 120 / 1000) * 1000);
  let sum = 0;
  for (let at = Math.max(from, BEGAN); at < to; at += step)
    sum += countOf(doing, at, Math.min(step, to - at));
  return sum;
}

function ratesOf(
  doings: readonly Doing[],
  slice: Span,
  by: 'op' | 'map_type' | 'site' | 'process',
  given: number | undefined,
  limit: number,
  now: number,
): ApiRates {
  const wanted = (slice.to - slice.from) / WANTED_POINTS;
  const step = given ?? STEPS.find((one) => one >= wanted) ?? 3_600_000;
  const at = Math.floor(slice.from / step) * step;
  const groups = groupBy(doings, (one) => nameOf(one, by));
  const series: ApiSeries[] = [];
  for (const [name, members] of groups) {
    const points: (number | null)[] = [];
    for (let t = at; t < slice.to; t += step) {
      if (t < BEGAN || t >= now) points.push(null);
      else points.push(members.reduce((sum, one) => sum + countOf(one, t, step), 0));
    }
    const [first] = members;
    const sum = points.reduce<number>((all, point) => all + (point ?? 0), 0);
    series.push({
      name,
      ...(by === 'op' && first ? { op: first.op } : {}),
      ...(by === 'site' && first ? { site: first.site } : {}),
      ...(by === 'map_type' && first ? { map_type: first.type } : {}),
      total: sum,
      points,
    });
  }
  const sorted = series.toSorted((a, b) => b.total - a.total);
  const other = sorted.slice(limit).reduce((sum, one) => sum + one.total, 0);
  const recorded: number[] = [];
  for (let t = at; t < slice.to; t += step)
    recorded.push(t < BEGAN ? 0 : Math.max(0, Math.min(step, now - t)));
  return { type: 'rates', at, step, series: sorted.slice(0, limit), other, recorded };
}

function nameOf(doing: Doing, by: 'op' | 'map_type' | 'site' | 'process'): string {
  if (by === 'op') return doing.op;
  if (by === 'map_type') return doing.type;
  return by === 'site' ? doing.site.id : PROCESS;
}

function countsOf(doings: readonly Doing[], slice: Span): ApiCount[] {
  return [...groupBy(doings, ({ op }) => op)].map(([op, members]) => {
    const count = members.reduce((sum, one) => sum + total(one, slice), 0);
    const known = members.some(({ found }) => found !== undefined);
    const found = Math.round(members.reduce((sum, one) => sum + total(one, slice) * (one.found ?? 0), 0));
    return { op, count, ...(known ? { found, not_found: count - found } : {}) };
  });
}

const sumOf = (counts: readonly ApiCount[]): number => counts.reduce((sum, { count }) => sum + count, 0);

function topSites(doings: readonly Doing[], slice: Span): ApiTopSite[] {
  return [...groupBy(doings, (one) => `${one.site.id} ${one.type}`).values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const counts = countsOf(members, slice);
      return [{ site: first.site, map_type: first.type, process: PROCESS, counts, total: sumOf(counts) }];
    })
    .toSorted((a, b) => b.total - a.total);
}

function topMaps(doings: readonly Doing[], slice: Span): ApiTopMap[] {
  return [...groupBy(doings, ({ type }) => type)]
    .map(([type, members]) => {
      const counts = countsOf(members, slice);
      const { entries, bytes, waste_bytes } = sizeAt(type, slice.to);
      return {
        ...MAPS[type],
        map_type: type,
        process: PROCESS,
        counts,
        total: sumOf(counts),
        entries,
        bytes,
        waste_bytes,
      };
    })
    .toSorted((a, b) => b.total - a.total);
}

/** Only `seen` grows for ever; sessions swell in the storm. */
function sizeAt(type: string, at: number): { entries: number; bytes: number; waste_bytes: number } {
  const age = (at - BEGAN) / 1000;
  const storm =
    at > STORM.from && at < STORM.to + 60_000 ? 2600 * Math.min(1, (at - STORM.from) / 60_000) : 0;
  const wave = 1 + 0.08 * Math.sin(at / 47_000);
  const base =
    type === SEEN
      ? 40_000 + age * 67
      : type === SESSIONS
        ? 1800 * wave + storm
        : 300 + chance(type) * 900 * wave;
  const entries = Math.round(base);
  const slots = 2 ** Math.ceil(Math.log2(entries * 1.15));
  const bytes = slots * 25 + 48;
  return { entries, bytes, waste_bytes: Math.round(bytes - entries * 28 > 0 ? bytes - entries * 28 : 0) };
}

function overviewOf(
  slice: ApiSlice,
  doings: readonly Doing[],
  rates: ApiRates,
  now: number,
  every: number,
): ApiOverview {
  const sites = topSites(doings, slice);
  const all = rates.series.reduce((sum, one) => sum + one.total, 0);
  return {
    type: 'overview',
    slice,
    rates,
    sites: sites.slice(0, 9),
    sites_left: Math.max(0, sites.length - 9),
    maps: topMaps(doings, slice),
    maps_left: 0,
    findings:
      doings.length === 0
        ? []
        : findings(now).filter(({ since, last_seen }) => since < slice.to && last_seen >= slice.from),
    loss: { ring_full: 0, sampled: every === 1 ? 0 : Math.round(all * (1 - 1 / every)), uncounted: [] },
  };
}

function mapOf(slice: ApiSlice, doings: readonly Doing[], rates: ApiRates, now: number): ApiMap {
  const type = doings[0]?.type ?? slice.map_type ?? SESSIONS;
  const from = Math.max(slice.from, BEGAN);
  const step = Math.max(5000, Math.round((slice.to - from) / 180 / 1000) * 1000);
  const sizes: { at: number; entries: number; bytes: number; waste_bytes: number }[] = [];
  for (let at = from; at < Math.min(slice.to, now) && doings.length > 0; at += step)
    sizes.push({ at, ...sizeAt(type, at) });
  const growth = sizes.flatMap(({ at, entries, bytes }, i) => {
    const before = sizes[i - 1];
    if (before === undefined || bytes <= before.bytes) return [];
    const op = type === SEEN ? ('split' as const) : ('rehash' as const);
    const to = bytes / 25;
    return [
      {
        at,
        op,
        trigger: 'load',
        len: entries,
        from: Math.round(to / 2),
        to: Math.round(to),
        duration_ns: 41_000 + entries * 19,
        ...(doings[0] ? { site: doings.find((one) => one.op === 'assign')?.site ?? doings[0].site } : {}),
      },
    ];
  });
  const isWrite = ({ op }: Doing): boolean =>
    op === 'assign' || op === 'delete' || op === 'clear' || op === 'grow';
  const isOne = slice.map !== undefined;
  return {
    type: 'map',
    ...(slice.map === undefined ? {} : { map: slice.map }),
    map_type: type,
    ...(isOne && MAPS[type] !== undefined ? { name: MAPS[type].name } : {}),
    process: PROCESS,
    rates,
    sizes,
    growth,
    growth_left: 0,
    writers: topSites(doings.filter(isWrite), slice),
    readers: topSites(
      doings.filter((one) => !isWrite(one)),
      slice,
    ),
    keys: keysOf(doings),
  };
}

function layoutOf(map: string): ReturnType<ApiQuestions['layout']> extends Promise<infer L> ? L : never {
  const groups = Array.from({ length: 512 }, (_, i) => {
    const full = Math.min(8, Math.floor(chance(`full ${map} ${i}`) * 5 + chance(`more ${i}`) * 4.2));
    const deleted = i > 150 && i < 330 ? Math.min(8 - full, Math.floor(chance(`deleted ${i}`) * 3.4)) : 0;
    return { full, deleted };
  });
  const entries = groups.reduce((sum, { full }) => sum + full, 0);
  const tombstones = groups.reduce((sum, { deleted }) => sum + deleted, 0);
  return { type: 'layout', map, kind: 'swiss', entries, slots: 4096, tombstones, every: 1, groups };
}
