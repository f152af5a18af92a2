import { describe, expect, it } from 'vitest';
import type { FeedItem, RaceSeen } from '../model/feed.ts';
import { DEFAULT_RULES } from './default.ts';
import { rulesSink } from './engine.ts';
import { loadRules } from './load.ts';
import {
  BEGAN,
  countOf,
  eventOf,
  eventsOf,
  EVICT,
  findingsOf,
  SHOP,
  told,
  TYPE,
  windowOf,
} from './testing.ts';

const GROWS = `  - {name: grows, kind: lifecycle, sequence: never-shrinks, entries: 1000, span: 1m, startup: 0, recovery: 10s}`;

/** A map that is looked at each second. */
function* sizes(seconds: number, entries: (second: number) => number, deletes = 0): Generator<FeedItem> {
  for (let second = 0; second < seconds; second++) {
    yield {
      type: 'maps',
      at: BEGAN + second * 1000,
      process: SHOP,
      left: 0,
      maps: [
        { mapType: TYPE, mapAddress: '0xc000', name: 'shop.leak', entries: Math.round(entries(second)) },
      ],
    };
    yield windowOf(second, countOf(100, { op: 'assign' }), ...(deletes > 0 ? [countOf(deletes)] : []));
  }
}

describe('a map that only grows', () => {
  it('is found, and over when it stops', () => {
    const found = findingsOf(
      GROWS,
      sizes(200, (s) => 2000 + 100 * Math.min(s, 100)),
    );
    expect(found.map(({ state }) => state)).toEqual(['firing', 'resolved']);
    expect(found[0]?.title).toContain('shop.leak, map[string]*shop.Session at 0xc000 only grows');
    expect(found[0]?.title).toContain('assigned at shop.(*Cache).evict cache.go:88');
    expect(found[0]?.subject.site).toEqual(EVICT);
  });

  it.each([
    ['one that fills as a cache does', sizes(200, (s) => 50_000 * (1 - Math.exp(-s / 30)))],
    ['one from which is deleted', sizes(200, (s) => 2000 + 100 * s, 20)],
    ['one that shrinks now and then', sizes(200, (s) => 2000 + 100 * (s % 40))],
    ['one that stays', sizes(200, () => 50_000)],
    ['a small one', sizes(200, (s) => s)],
  ])('is not %s', (_, feed) => {
    expect(findingsOf(GROWS, feed)).toEqual([]);
  });
});

it('a map grows past a limit', () => {
  const rule = '  - {name: large, kind: lifecycle, sequence: grows-past, entries: 5000, recovery: 3s}';
  expect(
    told(
      findingsOf(
        rule,
        sizes(60, (s) => (s < 30 ? s * 1000 : 100)),
      ),
    ),
  ).toEqual(['large fires 7', 'large over']);
});

it('a map is written to after it was cleared', () => {
  const rule = '  - {name: w, kind: lifecycle, sequence: write-after-clear, within: 1s}';
  const clear = eventOf(0, 'clear');
  expect(findingsOf(rule, [eventsOf(1, clear, eventOf(1500, 'assign', '"a"'))])).toEqual([]);
  const [found] = findingsOf(rule, [eventsOf(1, clear, eventOf(500, 'assign', '"a"'))]);
  expect(found?.evidence[0]?.text).toContain('and 500 ms later there was an assign on it');
});

it('a map is deleted from while another goroutine ranges over it', () => {
  const rule = '  - {name: d, kind: lifecycle, sequence: delete-while-ranged, within: 5ms}';
  const range = eventOf(0, 'iterate');
  expect(findingsOf(rule, [eventsOf(1, range, eventOf(1, 'delete', '"a"'))])).toEqual([]);
  const [found] = findingsOf(rule, [
    eventsOf(1, range, eventOf(1, 'delete', '"a"', { goroutine: { id: 2 } })),
  ]);
  expect(found?.evidence[0]?.text).toContain('Whether the loop had ended by then was not seen');
});

it('a place is new only after a time of learning', () => {
  const rule = '  - {name: n, kind: new_site, op: delete, learn: 10s, recovery: 5s}';
  const other = { site: { function: 'main.other', file: '/m.go', line: 3 } };
  const feed = (second: number): FeedItem[] =>
    Array.from({ length: 30 }, (_, i) =>
      windowOf(i, countOf(1), ...(i === second ? [countOf(2, other)] : [])),
    );
  expect(findingsOf(rule, feed(5))).toEqual([]);
  expect(told(findingsOf(rule, feed(15)))).toEqual(['n fires 16', 'n over']);
});

it('deletes that find nothing are a share of those that are known', () => {
  const rule =
    '  - {name: f, kind: found_ratio, op: delete, not_found_above: 90%, min_events: 10, window: 1s}';
  const events = (misses: number): FeedItem[] => [
    eventsOf(5, ...Array.from({ length: 20 }, (_, i) => eventOf(i, 'delete', '"k"', { found: i >= misses }))),
    windowOf(0, countOf(100)),
  ];
  expect(findingsOf(rule, events(18))).toEqual([]);
  expect(findingsOf(rule, events(19))[0]?.evidence[0]?.text).toContain(
    '95 % of 20 deletes did not find their key',
  );
});

const RACE: RaceSeen = {
  type: 'race',
  at: BEGAN,
  process: SHOP,
  mapType: TYPE,
  id: 1,
  kind: 'write/write',
  count: 1,
  sides: [
    { op: 'delete', site: EVICT, stack: [] },
    { op: 'assign', site: { function: 'main.b' }, stack: [] },
  ],
};

it('a race is one finding, whichever side came first', () => {
  const turned: RaceSeen = { ...RACE, id: 2, sides: [RACE.sides[1], RACE.sides[0]] };
  const found = findingsOf('  - {name: r, kind: race}', [RACE, turned]);
  expect(found.map(({ title }) => title)).toEqual([
    'r: delete at shop.(*Cache).evict cache.go:88 and assign at main.b at the same time on map[string]*shop.Session',
  ]);
});

it('a race says of each side where its stack takes a mutex, where that is known', () => {
  const sides: RaceSeen['sides'] = [
    { ...RACE.sides[0], locks: [EVICT] },
    { ...RACE.sides[1], locks: [] },
  ];
  const evidence = (race: RaceSeen): (string | undefined)[] =>
    findingsOf('  - {name: r, kind: race}', [race]).flatMap((found) =>
      found.evidence.map(({ text }) => text),
    );
  const of = {
    delete: 'A goroutine: delete at shop.(*Cache).evict cache.go:88',
    assign: 'A goroutine: assign at main.b',
  };
  expect(evidence(RACE).slice(1)).toEqual([`${of.delete}.`, `${of.assign}.`]);
  expect(evidence({ ...RACE, sides }).slice(1)).toEqual([
    `${of.delete}; takes a mutex at shop.(*Cache).evict cache.go:88.`,
    `${of.assign}; no call that takes a sync.Mutex or RWMutex in the functions of its stack.`,
  ]);
});

it('losses are told with their share', () => {
  const rule = '  - {name: l, kind: loss, above: 10%, window: 1s}';
  const cost = (events: number, ringFull: number): FeedItem => ({
    type: 'cost',
    at: BEGAN + 1000,
    process: SHOP,
    share: 0,
    budget: 0.01,
    sampledEvery: 1,
    keys: true,
    reads: true,
    ringFill: 1,
    events,
    lost: { ringFull, outputSlow: 0 },
  });
  expect(findingsOf(rule, [cost(90, 10), windowOf(0, countOf(100))])).toEqual([]);
  expect(findingsOf(rule, [cost(80, 20), windowOf(0, countOf(100))])[0]?.title).toContain(
    '20 % of the events',
  );
});

it('the default rules say nothing of ten minutes of a program that does well', () => {
  const { rules } = loadRules(DEFAULT_RULES, 'default');
  const found: unknown[] = [];
  const sink = rulesSink(rules, (one) => found.push(one));
  for (let s = 0; s < 660; s++) {
    // A cache fills in two minutes; then as much goes as comes, with bursts and a sweep each minute.
    const burst = s % 97 < 5 ? 8 : 1;
    const fill = 40_000 * (1 - Math.exp(-s / 40)) + (s % 60) * 20;
    const deletes = (s < 60 ? 0 : 900 * burst) + (s % 60 === 59 ? 60_000 : 0);
    sink.take([
      eventsOf(
        100,
        ...Array.from({ length: 20 }, (_, i) => eventOf(s * 1000 + i, 'delete', `"sess:eu-${i}"`)),
      ),
      {
        type: 'maps',
        at: BEGAN + s * 1000,
        process: SHOP,
        left: 0,
        maps: [{ mapType: TYPE, mapAddress: '0xc000', entries: Math.round(fill) }],
      },
      windowOf(s, countOf(deletes), countOf(1000 * burst, { op: 'assign' })),
    ]);
  }
  expect(found).toEqual([]);
});
