import type { Detached } from '../../src/protocol/detached.ts';
import type { Crash } from '../../src/protocol/crash.ts';
import type { Attached } from '../../src/protocol/attached.ts';
import type { CheckReport } from '../../src/protocol/check_report.ts';
import type { ExplainReport } from '../../src/protocol/explain_report.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Heat, Inspected, InspectedEntry, InspectedSlots } from '../../src/protocol/inspect.ts';
import type { Notice } from '../../src/protocol/notice.ts';
import type { TraceOptions } from '../../src/protocol/options.ts';
import type { ProcessEntry } from '../../src/protocol/process_entry.ts';
import type { Counter, Snapshot } from '../../src/protocol/snapshot.ts';
import type { EndReason, Summary } from '../../src/protocol/summary.ts';
import type { Hit, Watching } from '../../src/protocol/watch.ts';

/** Results as an agent could give them; every optional field stands in one of them, so that schemas are tried. */
export const attached: Attached = {
  type: 'attached',
  pid: 4242,
  name: 'shop',
  go_version: 'go1.26.8',
  flavour: 'swiss',
  probes: 5,
  attach_ms: 41,
};

export const notice: Notice = {
  type: 'notice',
  level: 'warning',
  code: 'events-lost',
  message: 'the ring of CPU 1 is full: 12 events lost',
  hint: 'Add --sample 1/10, or a larger --ring.',
};

export function event(i: number, options?: Pick<TraceOptions, 'frames'>): TraceEvent {
  const caller = {
    function: 'example.com/shop.(*Cache).evict',
    file: '/src/shop/cache.go',
    line: 88,
    inlined: false,
  };
  const stack = [
    caller,
    { function: 'example.com/shop.(*Cache).janitor', file: '/src/shop/cache.go', line: 61, inlined: true },
  ];
  return {
    type: 'event',
    time: `2026-03-01T12:01:33.${String(102_000_417 + i).padStart(9, '0')}Z`,
    pid: 4242,
    op: i % 3 === 2 ? 'assign' : 'delete',
    function: 'runtime.mapdelete_faststr',
    map: { id: 3, address: '0xc000123450', type: 'map[string]*shop.Session' },
    key: { text: `"sess:${(0x91af + i).toString(16)}"`, truncated: false },
    len: 1204 + i,
    ...(i % 4 === 3 ? {} : { found: i % 4 !== 1 }),
    goroutine: { id: 918, start: 'example.com/shop.(*Cache).janitor' },
    thread: 4245,
    caller,
    ...(options !== undefined && options.frames > 0 ? { stack } : {}),
  };
}

export function hit(i: number, frames = 0): Hit {
  const caller = event(0).caller!;
  const writer = {
    function: 'runtime.memmove',
    file: '/go/src/runtime/memmove_amd64.s',
    line: 249,
    inlined: false,
  };
  return {
    type: 'hit',
    time: event(i).time,
    place: { address: '0xc000123450', length: 8, label: 'value' },
    thread: 4245,
    goroutine: { id: 918, start: 'example.com/shop.(*Cache).janitor' },
    writer,
    caller,
    ...(i % 2 === 0 ? {} : { kernel: true }),
    ...(frames > 0 ? { stack: [writer, caller] } : {}),
    before: { word: `0x${i.toString(16)}`, read_ns: 8_000_000 },
    after: { word: `0x${(i + 1).toString(16)}`, read_ns: 2_000_000 },
  };
}

/** A key's slot, as `attached` and `watching` tell it. */
export const watching: Watching = {
  type: 'watching',
  key: '"sess:91af"',
  present: true,
  slot: 'slot 3 of group 0 in table 0',
  parts: [
    {
      part: 'elem',
      label: 'value',
      address: '0xc000123450',
      size: 40,
      watched: [{ from: 0, to: 24 }],
      unwatched: [{ from: 24, to: 40 }],
    },
  ],
  places: [{ address: '0xc000123450', length: 8, label: 'value.Hits' }],
};

/** A hit of a key's slot. */
export const keyHit: Hit = {
  ...hit(0),
  place: { address: '0xc000123450', length: 8, label: 'len(value)', part: 'elem', offset: 8 },
  before: { word: '0x1', text: '1', read_ns: 3 },
  after: { word: '0x2', text: '2', read_ns: 4 },
  string: { before: '"a"', after: '"aa"' },
};

/** As little as a hit can tell. */
export const bareHit: Hit = {
  type: 'hit',
  time: '2026-03-01T12:01:33Z',
  place: { address: '0xc000123450', length: 1 },
  thread: 1,
  writer: { function: '0x4a81f0', inlined: false },
};

export function watchSummary(events: number, ended: EndReason): Summary {
  return {
    ...summary(events, ended),
    by_op: {},
    watched: {
      threads: 9,
      late_threads: 2,
      longest_gap_ms: 11.25,
      moves: 1,
      gone: 1,
      returned: 1,
      retargeted: 2,
    },
  };
}

/** Everything that a target could put into names and keys to steer a terminal. */
export function hostileEvent(i: number): TraceEvent {
  const evil = '\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2028\r\n\ud800';
  return {
    ...event(i),
    map: { id: 1, type: `map[string]main.世界${evil}`, on_stack: true },
    key: { text: `"日本語のとても長い鍵 ${evil}"`, truncated: true },
    goroutine: { id: 7, start: `main.${evil}` },
    caller: { function: `main.${evil}`, file: `/tmp/${evil}.go`, line: 1, inlined: false },
    stack: [{ function: `main.${evil}`, file: `/tmp/${evil}.go`, line: 1, inlined: false }],
  };
}

/** Keys in all their forms. */
export const oddEvents: readonly TraceEvent[] = [
  { ...event(0), key: { unreadable: true } },
  { ...event(0), key: { hash: '9f3a61c2' } },
  { ...event(0), key: {} },
  {
    ...event(0),
    labels: { route: '/login', 'a "name"': '\u202e', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
    labels_cut: ['route'],
    labels_missing: 3,
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    span_id: '00f067aa0ba902b7',
  },
  { ...event(0), labels_unreadable: true },
  {
    type: 'event',
    time: '2026-03-01T12:01:33Z',
    op: 'clear',
    function: 'runtime.mapclear',
    map: {},
    thread: 1,
  },
];

export function summary(events: number, ended: EndReason): Summary {
  return {
    type: 'summary',
    ended,
    duration_ms: 10_000,
    events,
    lost: 0,
    sampled: 0,
    loss: { ring_full: 0, output_slow: 0, key_unreadable: 0, stack_unreadable: 0, len_unreadable: 0 },
    by_op: {
      delete: { events, found: events - Math.floor(events / 15), not_found: Math.floor(events / 15) },
    },
  };
}

const PLACES: readonly [caller: string, file: string, line: number, type: string, id: number, share: number][] = [
  ['example.com/shop.(*Cache).evict', 'cache.go', 88, 'map[string]*shop.Session', 3, 310],
  ['example.com/shop.(*Cache).Get', 'cache.go', 31, 'map[string]*shop.Session', 3, 2900],
  ['example.com/shop/limit.(*Limiter).Allow', 'limiter.go', 112, 'map[netip.Addr]limit.bucket', 5, 1800],
  ['example.com/shop/index.(*Inverted[go.shape.string,example.com/shop/index.Posting]).addPostingsForDocument', 'inverted_index_builder.go', 1204, 'map[string]map[index.DocumentID]*index.PostingListWithPositions', 9, 44],
  ['net/http.Header.Set', 'header.go', 40, 'map[string][]string', 1204, 12.5],
  ['main.日本語の関数', '日本語.go', 7, 'map[string]main.世界', 11, 0.03],
]; // prettier-ignore

/** Numbers that move a little with each tick. */
export function snapshot(tick: number, pid = 4242, keys = false): Snapshot {
  const counters = PLACES.flatMap(([caller, file, line, map_type, map_id, share], i): Counter[] => {
    const rate = share * (1 + 0.1 * Math.sin(tick + i));
    const base = { pid, caller, file: `/src/${file}`, line, map_type, map_id };
    const assign: Counter = { ...base, op: 'assign', count: Math.round(share * tick), rate };
    return i % 2 === 0
      ? [{ ...base, op: 'delete', count: Math.round(share * tick), rate, found: 1, not_found: 0 }]
      : [assign];
  });
  const key = { pid, op: 'delete', map_type: 'map[string]*shop.Session' } as const;
  return {
    type: 'snapshot',
    time: '2026-03-01T12:01:33.102Z',
    elapsed_ms: tick * 1000,
    interval_ms: 1000,
    targets: [{ ...attached, pid }],
    counters,
    ...(keys
      ? { key_prefixes: [{ ...key, prefix: '"sess:', count: 300 * tick, rate: 300 }], keys_sampled_every: 10 }
      : {}),
    events: counters.reduce((sum, one) => sum + one.count, 0),
    lost: 0,
    loss: { ring_full: 0, output_slow: 0, key_unreadable: 0, stack_unreadable: 0, len_unreadable: 0 },
  };
}

export const processes: readonly ProcessEntry[] = [
  { type: 'process', pid: 812, name: 'nats-server', exe: '/usr/bin/nats-server', user: 'nats', go_version: 'go1.22.4', flavour: 'classic', auditable: true },
  { type: 'process', pid: 4242, name: 'shop', exe: '/srv/shop', user: 'root', go_version: 'go1.26.8', flavour: 'swiss', container: '3f1c9a0b7d21', auditable: true },
  { type: 'process', pid: 51234, name: 'oldtool', exe: '/opt/oldtool', user: 'root', go_version: 'go1.16.15', auditable: false, reason: 'Go 1.16 is too old (1.18 is the oldest)', hint: 'Build it with Go 1.18 or newer.' },
]; // prettier-ignore

const why =
  'after the stack check: arguments are still in their registers, and a restart through morestack does not reach it';

export const checkReport: CheckReport = {
  type: 'check',
  binary: { path: './server', size: 12_345_678, go_version: 'go1.26.8', flavour: 'swiss', module: 'example.com/shop', build_id: 'abc/def', stripped: true, pie: false, cgo: false, race: false, unoptimised: false },
  process: { pid: 4242, name: 'shop', container: '3f1c9a0b7d21', exe_replaced: true },
  sites: [
    { function: 'runtime.mapdelete_faststr', op: 'delete', role: 'entry', address: '0x4a81f0', instruction: 'PUSH RBP', emulated: true, why },
    { function: 'runtime.mapdelete', op: 'delete', role: 'entry', address: '0x4a8350', instruction: 'PUSH RBP', emulated: true, why },
    { function: 'internal/runtime/maps.(*Map).growToTable', op: 'grow', role: 'entry', address: '0x4a9000', instruction: 'SUB RSP, 0x40', emulated: false, why: 'no cheaper instruction comes before the arguments are gone' },
    { function: 'runtime.mapassign_faststr', op: 'assign', role: 'exit', address: '0x4a7777', instruction: 'RET', emulated: true, why: 'the count is new and the map is still in a register' },
  ],
  absent: [{ function: 'runtime.mapassign_fast32ptr', op: 'assign', reason: 'no code of this program calls it' }],
  requirements: [
    { name: 'CAP_BPF', kind: 'capability', met: true },
    { name: 'CAP_PERFMON', kind: 'capability', met: false, detail: 'this process does not have it', hint: 'sudo mapaudit check -p 4242' },
    { name: 'uprobe_multi', kind: 'kernel', met: false, optional: true, detail: 'attaching and detaching takes seconds longer', hint: 'Linux 6.6 or newer has it.' },
  ],
  ready: false,
}; // prettier-ignore

export const explainReport: ExplainReport = {
  type: 'explain',
  binary: { path: './server', go_version: 'go1.26.8', flavour: 'swiss', race: false, unoptimised: true },
  place: {
    function: 'example.com/shop.(*Cache).evict',
    file: '/src/shop/cache.go',
    line: 88,
    inlined_everywhere: true,
  },
  map: 'Session',
  undecided: 2,
  sites: [
    {
      address: '0x4a81f0',
      op: 'delete',
      function: 'runtime.mapdelete_faststr',
      construct: 'delete(m, k)',
      frames: [
        { function: 'example.com/shop.(*Cache).evict', file: '/src/shop/cache.go', line: 88, inlined: true },
        {
          function: 'example.com/shop.(*Cache).janitor',
          file: '/src/shop/cache.go',
          line: 61,
          inlined: false,
        },
      ],
      maps: [
        {
          type: 'map[string]*shop.Session',
          key: { type: 'string', size: 16 },
          elem: { type: '*shop.Session', size: 8 },
          indirect_key: true,
          indirect_elem: true,
        },
        { type: 'map[string]int' },
      ],
      maps_incomplete: true,
      maps_from: 'dictionary',
      why: ['the key is a string', 'generic code'],
    },
    {
      address: '0x4a8200',
      op: 'make',
      frames: [{ function: 'example.com/shop.New', inlined: false }],
      maps: [],
      maps_incomplete: true,
      on_stack: true,
      why: [],
    },
  ],
};

const unit = { part: 'group', index: 3, table: 0, address: '0xc000200000' } as const;
const overflow = { part: 'overflow', index: 17, depth: 2, old: true, address: '0xc000300000' } as const;

/** Values that steer terminals, are long, or could not be read, in turn. */
export function entryLine(i: number): InspectedEntry {
  const values = [
    { text: `&shop.Session{User: "anna", Count: ${i}, Next: nil}` },
    { text: `"${'long '.repeat(60)}"…`, truncated: true },
    { text: '&shop.Session{Name: …}', unreadable: true },
    { text: '"\u202e evil \x1b[2J"' },
  ] as const;
  return {
    type: 'entry',
    key: { text: i % 4 === 3 ? '"日本語\u009b31m"' : `"sess:${i}"` },
    value: values[i % 4] ?? values[0],
    slot: { ...(i % 2 === 0 ? unit : overflow), slot: i % 8, control: '0x3f' },
  };
}

export const slotLines: readonly InspectedSlots[] = [
  {
    type: 'slots',
    unit,
    slots: [
      { slot: 0, state: 'full', control: '0x3f', key: { text: '"a"' }, value: { text: '1' } },
      { slot: 1, state: 'tombstone', control: '0xfe' },
      { slot: 2, state: 'full', control: '0x11' },
      ...[3, 4, 5, 6, 7].map((slot) => ({ slot, state: 'empty', control: '0x80' }) as const),
    ],
  },
  {
    type: 'slots',
    unit: overflow,
    slots: [
      {
        slot: 0,
        state: 'full',
        control: '0x9f',
        key: { text: '"\u001b[1m"' },
        value: { text: `"${'x'.repeat(200)}"` },
      },
      { slot: 1, state: 'empty', control: '0x01' },
      { slot: 2, state: 'evacuated', control: '0x02' },
      ...[3, 4, 5, 6, 7].map((slot) => ({ slot, state: 'empty-rest', control: '0x00' }) as const),
    ],
  },
];

export const heats: readonly Heat[] = [
  {
    type: 'heat',
    part: 'bucket',
    units: 200,
    units_per_cell: 1,
    cells: Array.from({ length: 200 }, (_, i) => ({
      first: i,
      units: 1,
      full: i % 10,
      ...(i % 10 > 8 ? { overflow: i > 100 ? 12 : 1 } : {}),
      ...(i === 70 ? { unstable: 1 } : {}),
    })),
  },
  {
    type: 'heat',
    part: 'old-bucket',
    units: 2000,
    units_per_cell: 2,
    cells: Array.from({ length: 1000 }, (_, i) => ({
      first: 2 * i,
      units: 2,
      full: 8,
      ...(i % 3 === 0 ? { tombstones: 1 } : {}),
      ...(i < 501 ? { evacuated: i < 500 ? 2 : 1 } : {}),
    })),
  },
];

export function inspectSummary(entries: number, more: Partial<Inspected> = {}): Summary {
  return {
    ...summary(entries, 'done'),
    by_op: {},
    inspected: { entries, left: 0, consistent: true, unstable: 0, restarts: 0, unreadable: 0, ...more },
  };
}

export const detached: Detached = { type: 'detached', pid: 4242, name: 'shop', found: true, still_ms: 0.31 };

export const crash: Crash = {
  type: 'crash',
  pid: 4242,
  name: 'shop',
  go_version: 'go1.26.8',
  crashed: true,
  goroutine: 7,
  lent: { from: '2026-03-01T12:00:00.000000000Z', to: '2026-03-01T12:00:01.000000000Z' },
  map: { address: '0xc000123450' },
};
