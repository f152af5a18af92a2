import type { ApiTable } from '../../src/protocol/api.ts';
import { ABOUT, windowAt } from '../../src/evidence/testing.ts';
import { windowLine } from '../../src/evidence/window_line.ts';
import type { Recorded } from '../../src/protocol/evidence.ts';
import type { IncidentReport, RateChange } from '../../src/protocol/report.ts';

export const recordingBytes = Buffer.from('not really a recording');

export const recorded: Recorded = {
  type: 'recorded',
  bytes: 1_234_567,
  events: 12_345,
  windows: 60,
  growths: 31,
  races: 1,
};

const START = Date.parse('2026-03-01T12:00:00Z');

const change: RateChange = {
  op: 'delete',
  at: START + 30_000,
  before: 12,
  after: 2140,
  seconds_before: 29,
  seconds_after: 29,
  p: 3.1e-5,
  deviations: 61.2,
};

/** Every part that a report may have; keys as an attacker would choose them. */
export const report: IncidentReport = {
  type: 'report',
  file: 'incident.mapaudit',
  mapaudit: '0.1.0',
  host: { name: 'web-3', kernel: 'Linux 6.8.0', machine: 'x64', cpus: 8, memory_bytes: 16e9 },
  processes: [
    {
      pid: 4242,
      name: 'shop',
      go_version: 'go1.26.8',
      exe: '/srv/shop',
      build_id: 'a1b2',
      started: START - 3_600_000,
    },
  ],
  from: START,
  to: START + 60_000,
  events: 64_000,
  sample: 1,
  lost: 3,
  rates: [
    {
      op: 'delete',
      runs: [
        { at: START, counts: Array.from({ length: 10 }, (_, i) => 12 + (i % 3)) },
        {
          at: START + 11_000,
          counts: Array.from({ length: 49 }, (_, i) => (i < 19 ? 11 : 2140 - (i % 7) * 9)),
        },
      ],
      total: 64_548,
    },
    {
      op: 'assign',
      runs: [{ at: START, counts: Array.from({ length: 60 }, (_, i) => 300 + ((i * 37) % 50)) }],
      total: 19_410,
    },
  ],
  changes: [change],
  main: change,
  sites: [
    {
      op: 'delete',
      function: 'shop.(*Cache).evict',
      file: '/src/shop/cache.go',
      line: 88,
      map_type: 'map[string]*shop.Session',
      before: 0,
      after: 2120,
    },
    { op: 'assign', before: 310, after: 301 },
  ],
  prefixes: [
    {
      op: 'delete',
      key: '"sess:eu-<script>alert(1)</script>',
      map_type: 'map[string]*shop.Session',
      before: 1.2,
      after: 2051,
      share_before: 0.1,
      share_after: 0.96,
    },
  ],
  keys: [
    {
      op: 'delete',
      key: '"</td><img src=x onerror=alert(1)>"',
      before: 0,
      after: 4,
      share_before: 0,
      share_after: 0.01,
    },
  ],
  growth: [
    {
      map_type: 'map[int]string',
      address: '0xc000123450',
      growths: 7,
      entries: 98_304,
      unit: 'slots',
      from: 1024,
      to: 131_072,
      site: 'shop.add add.go:7',
    },
    { growths: 1 },
  ],
  marks: [
    { kind: 'growth', at: START + 12_000, text: 'map[int]string: rehash from 1024 to 2048 slots' },
    { kind: 'race', at: START + 41_000, text: 'A race on map[string]int (write/write).' },
    { kind: 'loss', at: START + 45_000, text: '3 events lost' },
  ],
  races: ['A race on map[string]int (write/write).'],
  profile: {
    file: 'cpu.pprof',
    unit: 'nanoseconds',
    from: START + 20_000,
    to: START + 50_000,
    overlaps: true,
    samples: 812,
    map_share: 0.31,
    functions: [
      { function: 'runtime.mapdelete_faststr', flat: 0.22, cumulative: 0.3, is_map: true },
      { function: 'shop.(*Cache).evict', flat: 0.05, cumulative: 0.35 },
    ],
    callers: [{ function: 'shop.(*Cache).evict', share: 0.29 }],
  },
  story: [
    { text: 'At 12:00:30 deletes rose from 12.0/s to 2,140/s.', evidence: ['<b>p</b> = 0.00003'] },
    { text: 'Nothing else.', evidence: [] },
  ],
  troubles: ['the file ends within a section'],
};

/** As little as there can be. */
export const emptyReport: IncidentReport = {
  type: 'report',
  file: 'empty.mapaudit',
  processes: [],
  from: 0,
  to: 0,
  events: 0,
  sample: 1,
  lost: 0,
  rates: [],
  changes: [],
  sites: [],
  prefixes: [],
  keys: [],
  growth: [],
  marks: [],
  races: [],
  story: [{ text: 'Nothing stands out.', evidence: ['0 seconds'] }],
  troubles: [],
};

/** Lines that stand in an evidence file alone. */
export const fileLines = [
  ABOUT,
  { ...ABOUT, recorded: { ...ABOUT.recorded, races: true } },
  {
    type: 'recorded_process',
    pid: 7,
    started: START,
    name: 'shop',
    exe: '/srv/shop',
    go_version: 'go1.26.8',
  },
  windowLine(windowAt(START, 7)),
  { type: 'index', sections: [{ kind: 'about', sequence: 0, at: 16, stored: 300, raw: 500, lines: 1 }] },
] as const;

/** What `query` gives, with all that a table can hold. */
export const table: ApiTable = {
  type: 'table',
  columns: [
    { name: 'minute', kind: 'time' },
    { name: 'site', kind: 'text' },
    { name: 'count', kind: 'number' },
    { name: 'known', kind: 'bool' },
  ],
  rows: [
    [1_772_366_400_000, 'shop.(*Cache).evict', 1200, true],
    [1_772_366_460_000, 'evil\u001b[2J', null, false],
  ],
  left: 3,
  took_ms: 1.5,
  uncounted: [{ process: 'shop-1', ops: 'reads', ms: 1500 }],
};
