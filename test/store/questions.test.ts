import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quote } from '../../src/go/value/quote.ts';
import { globMatcher } from '../../src/query/glob.ts';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { siteId } from '../../src/model/site_id.ts';
import { count, event, EVICT, LOGIN, SESSIONS, SHOP, T0, USERS, window } from './feed.ts';

let store: Store;
let at = T0;
beforeEach(async () => {
  at = T0 + 30_000;
  store = await openStore({ memory: true, now: () => at, upkeepMs: 0 });
});
afterEach(() => store.close());
const ask = () => keptQuestions(store, { now: () => at });
const PROCESS = `4242-${T0 - 60_000}`;

describe('overview', () => {
  it('sums windows by operation, site and map, and tells what was lost', async () => {
    await store.take([
      { type: 'joined', at: T0, process: { ...SHOP, probe: 'kernel' } },
      window(T0, [count('delete', 10, { found: 4, notFound: 2 }), count('assign', 5)]),
      window(
        T0 + 1000,
        [count('delete', 7), count('assign', 1, { mapType: USERS, mapAddress: '0xc000200000' })],
        {
          loss: { ringFull: 3, sampled: 20 },
        },
      ),
      {
        type: 'maps',
        at: T0 + 1500,
        process: SHOP,
        maps: [
          { mapType: SESSIONS, mapAddress: '0xc000123450', name: 'main.sessions', entries: 90, bytes: 4096 },
        ],
        left: 0,
      },
    ]);
    const overview = await ask().overview({ from: T0, to: T0 + 10_000 });
    expect(overview.rates).toMatchObject({ at: T0, step: 1000, other: 0 });
    expect(overview.rates.series.map(({ name, total, points }) => [name, total, points])).toEqual([
      ['delete', 17, [10, 7, ...Array<null>(8).fill(null)]],
      ['assign', 6, [5, 1, ...Array<null>(8).fill(null)]],
    ]);
    expect(overview.sites[0]).toEqual({
      site: { id: siteId(EVICT), ...EVICT },
      map_type: SESSIONS,
      process: PROCESS,
      counts: [{ op: 'delete', count: 17, found: 4, not_found: 2 }],
      total: 17,
    });
    expect(
      overview.maps.map(({ map, map_type, name, entries, total }) => [map, map_type, name, entries, total]),
    ).toEqual([
      ['0xc000123450', SESSIONS, 'main.sessions', 90, 22],
      ['0xc000200000', USERS, undefined, undefined, 1],
    ]);
    expect(overview.loss).toEqual({ ring_full: 3, sampled: 20, uncounted: [] });
    expect([overview.sites_left, overview.maps_left, overview.findings]).toEqual([0, 0, []]);
  });

  it('says nothing of a time of which nothing is known', async () => {
    const overview = await ask().overview({ from: T0, to: T0 + 3000 });
    expect(overview).toMatchObject({ rates: { series: [], other: 0 }, sites: [], maps: [] });
  });
});

describe('rates', () => {
  it('gives the largest, and the rest as a sum', async () => {
    await store.take([
      window(T0, [
        count('delete', 10),
        count('assign', 5),
        count('access', 1, { mapType: USERS, site: undefined! }),
      ]),
    ]);
    const rates = await ask().rates({ from: T0, to: T0 + 2000 }, 'site', 1000, { limit: 1 });
    expect(rates.series).toEqual([
      { name: EVICT.function, site: { id: siteId(EVICT), ...EVICT }, total: 10, points: [10, null] },
    ]);
    expect(rates.other).toBe(6);
    const types = await ask().rates({ from: T0, to: T0 + 2000, op: 'access' }, 'map_type', 1000, {});
    expect(types.series).toEqual([{ name: USERS, map_type: USERS, total: 1, points: [1, null] }]);
    const processes = await ask().rates({ from: T0, to: T0 + 2000 }, 'process', 2000, {});
    expect(processes.series).toEqual([{ name: PROCESS, total: 16, points: [16] }]);
  });

  it('keeps zero and unknown apart', async () => {
    await store.take([window(T0, []), window(T0 + 3000, [count('delete', 1)], { lengthMs: 2000 })]);
    const { series } = await ask().rates({ from: T0, to: T0 + 6000 }, 'op', 1000, {});
    expect(series[0]?.points).toEqual([0, null, null, 1, 0, null]);
  });
});

describe('events', () => {
  beforeEach(() =>
    store.take([
      {
        type: 'events',
        process: SHOP,
        sampledEvery: 4,
        events: [
          event(T0 + 1, 'delete', 'sess:eu-1'),
          event(T0 + 2, 'assign', 'sess:us-2', { caller: { ...LOGIN, inlined: false } }),
        ],
      },
      {
        type: 'events',
        process: SHOP,
        sampledEvery: 4,
        events: [
          event(T0 + 3, 'delete', 'sess:eu-2', {
            key: { text: '"sess:e', truncated: true },
            labels: { route: '/buy' },
            trace_id: 'f'.repeat(32),
            span_id: 'e'.repeat(16),
            labels_cut: ['route'],
            labels_missing: 3,
          }),
        ],
      },
      window(T0, []),
    ]),
  );
  const slice = { from: T0, to: T0 + 1000 };

  it('comes back as it was taken', async () => {
    const { events, left } = await ask().events(slice, {}, { limit: 2 });
    expect(left).toBe(1);
    expect(events[1]).toEqual({
      ...event(T0 + 3, 'delete', 'sess:eu-2', {
        key: { text: '"sess:e', truncated: true },
        labels: { route: '/buy' },
        trace_id: 'f'.repeat(32),
        span_id: 'e'.repeat(16),
        labels_cut: ['route'],
        labels_missing: 3,
      }),
      process: PROCESS,
      site: { id: siteId(EVICT), ...EVICT },
    });
  });

  it.each([
    [{ key: 'sess:eu-*' }, 1],
    [{ key: 'sess:*' }, 2],
    [{ op: 'assign' }, 1],
    [{ map: 'Session' }, 3],
    [{ map: '^Session' }, 0],
    [{ site: 'evict cache|evict /src' }, 3],
    [{ site: 'login.go:12$' }, 3],
    [{ site: 'main.main' }, 0],
    [{ goid: 71 }, 3],
    [{ goid: 72 }, 0],
    [{ process: PROCESS }, 3],
    [{ process: '1-1' }, 0],
  ] as const)('%j means %i', async (filter, found) => {
    expect((await ask().events(slice, filter, {})).events).toHaveLength(found);
  });

  const KEYS = [
    ...[
      'café',
      'cafe\u0301',
      'é',
      'aéb',
      'É',
      'ñandú',
      'naïve é',
      '日本語',
      '日本',
      'Ωmega',
      '\ufeffbom',
      '\ufffd',
    ],
    ...[
      '👍',
      'a👍b',
      '👩‍👩‍👧',
      '👍🏽',
      '😀é😀',
      '\u{10ffff}',
      'ÿ',
      'a\nb',
      'a\0b',
      '',
      'a.b',
      'a]b',
      'a^b',
      'a-b',
      'a\\b',
    ],
    // What is no UTF-8: single bytes, half a character, half of one behind a whole one, a surrogate.
    ...[[0xff], [0x61, 0xe9, 0x62], [0xc3], [0xc3, 0xa9, 0xc3], [0xf0, 0x9f, 0x91], [0xed, 0xa0, 0x80]],
  ].map((key) => (typeof key === 'string' ? Buffer.from(key) : Buffer.from(key)));
  const GLOBS = [
    ...[
      '*é*',
      '*é',
      'é*',
      '?',
      '??',
      '???',
      '*👍*',
      '👍*',
      '*👍',
      'a?b',
      '*[é]*',
      '[à-ü]',
      '[!é]',
      '*[!a-z]',
      '[日-本]*',
    ],
    ...[
      'caf?',
      'caf??',
      '*\u0301',
      '*語',
      '*本*',
      '[👍-😀]*',
      '*[😀]',
      '\\é',
      '*\ufffd*',
      '\ufffd',
      '*\u200d*',
      '\ufeff*',
      '?bom',
    ],
    ...[
      '*',
      '',
      '*\n*',
      '*\0*',
      'a*b',
      'a[]]b',
      'a[\\^]b',
      'a[a\\-]b',
      'a[!a]b',
      'a.b',
      '*é*é*',
      '*?é',
      '\u{10ffff}',
      'a\\\\b',
    ],
  ];

  it('a glob of keys means the same characters as in the other commands, whatever they are', async () => {
    const keyed = (key: Buffer, i: number) =>
      event(T0 + 10 + i, 'clear', '', { key: { text: quote(key), truncated: false } });
    await store.take([
      { type: 'events', process: SHOP, sampledEvery: 1, events: KEYS.map(keyed) },
      window(T0 + 1000, []),
    ]);
    for (const glob of GLOBS) {
      const { events } = await ask().events(slice, { key: glob, op: 'clear' }, {});
      const matches = globMatcher(glob);
      const meant = KEYS.filter((key) => matches(key.toString('utf8'))).map((key) => quote(key));
      expect([glob, events.map(({ key }) => key?.text).sort()]).toEqual([glob, meant.sort()]);
    }
  });

  it('refuses what is no expression, and what would never end', async () => {
    await expect(ask().events(slice, { map: '(' }, {})).rejects.toMatchObject({ code: 'regex' });
    await expect(ask().events(slice, { site: '(\\S+)+\\s(\\S+)+X$' }, {})).rejects.toMatchObject({
      code: 'regex-slow',
    });
    await expect(ask().events(slice, { key: '[z-a]' }, {})).rejects.toMatchObject({ code: 'glob' });
  });

  it('tells the life of a key, with and without quotes', async () => {
    const key = await ask().key(slice, 'sess:eu-1', {});
    expect(key).toMatchObject({ type: 'key', sampled_every: 4, left: 0, events: [{ op: 'delete' }] });
    expect((await ask().key(slice, '"sess:us-2"', {})).events).toHaveLength(1);
  });
});

it('a map has its sizes, growth, writers and keys', async () => {
  await store.take([
    window(T0, [count('delete', 10), count('access', 5)]),
    {
      type: 'growth',
      at: T0 + 10,
      process: SHOP,
      mapType: SESSIONS,
      mapAddress: '0xc000123450',
      op: 'grow',
      trigger: 'load',
      len: 8,
      from: 1,
      to: 2,
      unit: 'buckets',
      durationNs: 900,
      site: LOGIN,
    },
    {
      type: 'maps',
      at: T0 + 20,
      process: SHOP,
      maps: [{ mapType: SESSIONS, mapAddress: '0xc000123450', name: 'main.sessions', entries: 9 }],
      left: 2,
    },
    {
      type: 'events',
      process: SHOP,
      sampledEvery: 1,
      events: [event(T0 + 1, 'delete', 'a'), event(T0 + 2, 'delete', 'a')],
    },
    window(T0 + 1000, []),
  ]);
  const slice = { from: T0, to: T0 + 2000 };
  const page = await ask().map({ ...slice, map: '0xc000123450' });
  expect(page).toMatchObject({
    map: '0xc000123450',
    map_type: SESSIONS,
    name: 'main.sessions',
    process: PROCESS,
    sizes: [{ at: T0 + 20, entries: 9 }],
    growth: [
      {
        at: T0 + 10,
        op: 'grow',
        trigger: 'load',
        len: 8,
        from: 1,
        to: 2,
        duration_ns: 900,
        site: { function: 'shop.login' },
      },
    ],
    growth_left: 0,
    writers: [{ total: 10 }],
    readers: [{ total: 5 }],
    keys: [{ key: '"a"', op: 'delete', sampled: 2 }],
  });
  expect(await ask().map({ ...slice, map_type: SESSIONS })).toMatchObject({
    map_type: SESSIONS,
    writers: [{ total: 10 }],
  });
  await expect(ask().map(slice)).rejects.toMatchObject({ code: 'slice' });
  const site = await ask().site({ ...slice, site: siteId(EVICT) });
  expect(site).toMatchObject({
    site: EVICT,
    stacks: [
      {
        sampled: 2,
        frames: [{ function: EVICT.function, id: siteId(EVICT) }, {}, { function: 'main.main' }],
      },
    ],
    stacks_left: 0,
  });
  await expect(ask().site({ ...slice, site: '0123456789abcdef' })).rejects.toMatchObject({
    code: 'no-such-site',
  });
});

it('findings: the state that was told last', async () => {
  const finding = {
    type: 'finding',
    id: 'storm-1',
    rule: 'delete-storm',
    severity: 'warning',
    state: 'firing',
    title: 'many deletes',
    subject: { process: SHOP, site: EVICT, prefix: 'sess:' },
    evidence: [{ text: '900/s', from: T0, to: T0 + 1 }],
    since: T0,
    firedAt: T0 + 10,
    lastSeen: T0 + 20,
  } as const;
  await store.take([{ type: 'finding', at: T0 + 10, finding }, window(T0, [])]);
  const slice = { from: T0 + 5000, to: T0 + 6000 };
  expect((await ask().findings(slice)).findings).toMatchObject([
    { id: 'storm-1', state: 'firing', prefix: 'sess:', evidence: finding.evidence },
  ]);
  await store.take([
    { type: 'finding', at: T0 + 900, finding: { ...finding, state: 'resolved', lastSeen: T0 + 800 } },
    window(T0 + 1000, []),
  ]);
  expect((await ask().findings(slice)).findings).toEqual([]);
  expect((await ask().findings({ from: T0, to: T0 + 900 })).findings).toMatchObject([{ state: 'resolved' }]);
});
