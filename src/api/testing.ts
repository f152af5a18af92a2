import type {
  ApiEvent,
  ApiFinding,
  ApiLive,
  ApiOverview,
  ApiQuestions,
  ApiRates,
  ApiSite,
  ApiStatus,
  ApiTable,
  ApiTopMap,
  ApiTopSite,
} from '../protocol/api.ts';

/** Answers to every question of the API from samples that have every field, for tests of it and of the page. */
export function sampleAnswers(over: Partial<ApiQuestions> = {}): ApiQuestions {
  return {
    status: () => status,
    overview: (slice) => Promise.resolve({ ...overview, slice }),
    rates: () => Promise.resolve(rates),
    findings: () => Promise.resolve({ type: 'findings', findings: [finding] }),
    map: () =>
      Promise.resolve({
        type: 'map',
        map: MAP,
        map_type: TYPE,
        name: 'main.cache.sessions',
        process: PROCESS,
        rates,
        sizes: [{ at: AT, entries: 12, bytes: 4096, waste_bytes: 128 }],
        growth: [{ at: AT, op: 'grow', trigger: 'load', len: 8, from: 1, to: 2, duration_ns: 900, site }],
        growth_left: 0,
        writers: [topSite],
        readers: [],
        keys: [{ key: '"sess:91af"', op: 'delete', sampled: 3 }],
      }),
    site: () =>
      Promise.resolve({
        type: 'site',
        site,
        rates,
        maps: [topMap],
        keys: [],
        stacks: [{ frames: [site], sampled: 2 }],
        stacks_left: 0,
        source: { from: 130, lines: ['func (c *Cache) evict() {'], newer: false },
      }),
    key: (_, key) => Promise.resolve({ type: 'key', key, sampled_every: 1, events: [event], left: 0 }),
    events: () => Promise.resolve({ type: 'events', events: [event], left: 4 }),
    query: () => Promise.resolve(table),
    sql: () => Promise.resolve(table),
    layout: (_, map) =>
      Promise.resolve({
        type: 'layout',
        map,
        kind: 'swiss',
        entries: 6,
        slots: 8,
        tombstones: 1,
        every: 1,
        groups: [{ full: 6, deleted: 1 }],
      }),
    live: () => sampleMessages(),
    ...over,
  };
}

async function* sampleMessages(): AsyncGenerator<ApiLive> {
  yield { type: 'status', status };
  await Promise.resolve();
  yield { type: 'window', start: AT, length_ms: 1000, counts: [{ op: 'delete', count: 3 }] };
  yield { type: 'events', events: [event], skipped: 2 };
  yield {
    type: 'totals',
    at: AT,
    processes: [{ process: PROCESS, counts: [{ op: 'delete', count: 3 }], uncounted: 'reads' }],
  };
  yield { type: 'finding', finding };
}

const AT = 1_772_366_493_000;
const PROCESS = '4242-1772366400000';
const TYPE = 'map[string]*shop.Session';
const MAP = '0xc000123450';

const site: ApiSite = {
  id: '00ff00ff00ff00ff',
  function: 'shop.(*Cache).evict',
  file: '/src/shop/cache.go',
  line: 137,
};

const rates: ApiRates = {
  type: 'rates',
  at: AT,
  step: 1000,
  series: [{ name: 'delete', op: 'delete', total: 5, points: [2, null, 3] }],
  other: 0,
  recorded: [1000, 0, 500],
};

const topSite: ApiTopSite = {
  site,
  map_type: TYPE,
  process: PROCESS,
  counts: [{ op: 'delete', count: 5, found: 4, not_found: 1 }],
  total: 5,
};

const topMap: ApiTopMap = {
  map: MAP,
  map_type: TYPE,
  name: 'main.cache.sessions',
  process: PROCESS,
  counts: [{ op: 'delete', count: 5 }],
  total: 5,
  entries: 12,
  bytes: 4096,
  waste_bytes: 128,
};

const finding: ApiFinding = {
  id: 'delete-storm-1',
  rule: 'delete-storm',
  severity: 'warning',
  state: 'firing',
  title: '2,140 deletes/s on map[string]*shop.Session from cache.go:137',
  process: PROCESS,
  map_type: TYPE,
  site,
  prefix: '"sess:eu-',
  evidence: [{ text: '2,140 deletes/s', from: AT, to: AT + 10_000 }],
  since: AT,
  fired_at: AT + 10_000,
  last_seen: AT + 12_000,
};

const event: ApiEvent = {
  type: 'event',
  time: '2026-03-01T12:01:33.102000417Z',
  pid: 4242,
  op: 'delete',
  function: 'runtime.mapdelete_faststr',
  map: { id: 1, address: MAP, type: TYPE },
  key: { text: '"sess:91af"' },
  len: 12,
  found: true,
  goroutine: { id: 7, start: 'main.main.func1' },
  thread: 4243,
  caller: { function: 'shop.(*Cache).evict', file: '/src/shop/cache.go', line: 137, inlined: false },
  process: PROCESS,
  site,
  labels: { request: 'GET /cart' },
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
};

const overview: Omit<ApiOverview, 'slice'> = {
  type: 'overview',
  rates,
  sites: [topSite],
  sites_left: 0,
  maps: [topMap],
  maps_left: 0,
  findings: [finding],
  loss: { ring_full: 0, sampled: 0, uncounted: [{ process: '7-123', ops: 'all', ms: 500 }] },
};

const table: ApiTable = {
  type: 'table',
  columns: [
    { name: 'site', kind: 'text' },
    { name: 'deletes', kind: 'number' },
  ],
  rows: [['cache.go:137', 5]],
  left: 0,
  took_ms: 1.5,
};

const status: ApiStatus = {
  type: 'status',
  version: '0.1.0',
  api: 1,
  now: AT,
  began: AT - 60_000,
  processes: [{ id: PROCESS, pid: 4242, name: 'shop', started: AT - 90_000, probe: 'kernel' }],
  cost: [
    {
      process: PROCESS,
      share: 0.004,
      budget: 0.01,
      sampled_every: 1,
      keys: true,
      reads: true,
      ring_fill: 0.02,
    },
  ],
  events: 5,
  lost: { ring_full: 0, output_slow: 0, sinks: [] },
  store: { bytes: 1_000_000, oldest: AT - 60_000 },
  notices: [{ at: AT, message: 'probes are in place' }],
};
