import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../model/feed.ts';
import type { MapOp } from '../model/map_op.ts';
import type { Uncounted, WindowCount } from '../model/window.ts';
import { BEGAN, countOf, eventOf, eventsOf, findingsOf, SHOP, told, TYPE, windowOf } from './testing.ts';

/** A second of which a part was left uncounted. */
function part(second: number, ms: number, ops: Uncounted['ops'], ...counts: WindowCount[]): FeedItem {
  const item = windowOf(second, ...counts);
  if (item.type !== 'window') throw new Error('no window');
  return { ...item, window: { ...item.window, uncounted: [{ process: SHOP, ops, ms }] } };
}

const seconds = (from: number, to: number, each: (second: number) => FeedItem): FeedItem[] =>
  Array.from({ length: to - from }, (_, i) => each(from + i));

const counted =
  (rate: number, op: MapOp = 'delete') =>
  (second: number) =>
    windowOf(second, ...(rate === 0 ? [] : [countOf(rate, { op })]));
const left = (ops: Uncounted['ops']) => (second: number) => part(second, 1000, ops);

describe('what was not counted', () => {
  const FALL = `
  - {name: fall, kind: ratio, op: access, per: process, times: 0.1, above: 5/s, window: 5s, baseline: 1m, history: 20s,
     for: 5s, recovery: 5s}`;
  const reads = counted(50, 'access');

  it('is no fall of a rate: one that nobody counts says nothing', () => {
    const before = seconds(0, 40, reads);
    for (const ops of ['reads', 'all'] as const) {
      const after = [...seconds(40, 80, left(ops)), ...seconds(80, 100, reads)];
      expect(findingsOf(FALL, [...before, ...after])).toEqual([]);
    }
    expect(told(findingsOf(FALL, [...before, ...seconds(40, 80, counted(0))]))).toEqual(['fall fires 50']);
    // Writes are counted without reads.
    const deletes = FALL.replace('access', 'delete');
    const wrote = [...seconds(0, 40, counted(50)), ...seconds(40, 80, left('reads'))];
    expect(told(findingsOf(deletes, wrote))).toEqual(['fall fires 50']);
  });

  const STORM = `
  - {name: storm, kind: rate, op: delete, per: process, above: 100/s, window: 1s, for: 0s, recovery: 3s}`;

  it('is no end of a finding', () => {
    const feed = [
      ...seconds(0, 5, counted(500)),
      ...seconds(5, 25, left('all')),
      ...seconds(25, 30, counted(500)),
      ...seconds(30, 50, left('all')),
      ...seconds(50, 60, counted(0)),
    ];
    const found = findingsOf(STORM, feed);
    expect(told(found)).toEqual(['storm fires 1', 'storm over']);
    const over = found[1]?.evidence.at(-1);
    expect(over?.text).toBe('Over: nothing of it was seen for 3 s (for 20 s more, nothing was counted).');
    expect(over?.to).toBe(BEGAN + 53_000);
  });

  it('is no part of the time that a rate is over, and that is said', () => {
    const rule = '  - {name: r, kind: rate, op: delete, per: process, above: 250/s, window: 10s, for: 0s}';
    const some = (ms: number, count: number) => (second: number) => part(second, ms, 'all', countOf(count));
    const found = findingsOf(rule, seconds(0, 20, some(400, 180)));
    expect(told(found)).toEqual(['r fires 9']);
    expect(found[0]?.evidence[0]?.text).toBe(
      '300 deletes/s over the last 10 s, more than 250/s; counted exactly, for 5.4 s of that: the rest was not counted.',
    );
    expect(findingsOf(rule, seconds(0, 20, some(400, 120)))).toEqual([]);
    // Of less than half nothing is said.
    expect(findingsOf(rule, seconds(0, 20, some(600, 1000)))).toEqual([]);
  });

  it('makes no baseline', () => {
    const RISE = `
  - {name: rise, kind: ratio, op: delete, per: process, times: 5, above: 10/s, window: 5s, baseline: 1m, history: 20s, for: 0s}`;
    const feed = [
      ...seconds(0, 30, counted(50)),
      ...seconds(30, 90, left('all')),
      ...seconds(90, 120, counted(60)),
    ];
    expect(findingsOf(RISE, feed)).toEqual([]);
  });

  it('is weighed in what a place did before', () => {
    const rule = '  - {name: n, kind: new_site, op: delete, learn: 10s}';
    const other = { site: { function: 'main.other', file: '/m.go', line: 3 } };
    const feed = (learnt: number): FeedItem[] => [
      ...seconds(0, learnt, counted(1)),
      ...seconds(learnt, 20, left('all')),
      windowOf(20, countOf(1), countOf(2, other)),
    ];
    expect(findingsOf(rule, feed(9))).toEqual([]);
    expect(findingsOf(rule, feed(12))[0]?.evidence[0]?.text).toBe(
      '2 deletes within 1 s; in the 20 s before, this place did none, as far as it was counted: for 8 s of that it was not.',
    );
  });
});

describe('the time before the first window', () => {
  it('is no time without operations', () => {
    const rule = '  - {name: f, kind: found_ratio, op: delete, not_found_above: 90%, min_events: 10, min_rate: 700/s, window: 10s}'; // prettier-ignore
    const feed = seconds(0, 12, (s) => windowOf(s, countOf(736, { notFound: 736 })));
    const found = findingsOf(rule, feed);
    expect(told(found)).toEqual(['f fires 5']);
    expect(found[0]?.evidence[1]?.text).toBe(
      'There were 736 deletes/s over the last 10 s, for 5 s of that: the rest was not counted.',
    );
  });

  it('is that before a process was watched, for what is said of it', () => {
    const rule = '  - {name: r, kind: rate, op: delete, per: process, above: 10/s, window: 4s, for: 0s}';
    const feed = [
      ...seconds(0, 10, (s) => windowOf(s)),
      { type: 'joined', at: BEGAN + 10_000, process: SHOP } as const,
      ...seconds(10, 14, counted(20)),
    ];
    const found = findingsOf(rule, feed);
    expect(told(found)).toEqual(['r fires 12']);
    expect(found[0]?.evidence[0]?.text).toContain('20.0 deletes/s over the last 4 s');
  });
});

describe('what was not recorded', () => {
  const joined = (...ops: MapOp[]): FeedItem => ({ type: 'joined', at: BEGAN, process: SHOP, ops });
  const outweighs = `
  - {name: ow, kind: rate, op: delete, per: type, above: 50/s, window: 2s, outweighs: {op: assign, times: 3x}, for: 4s}`;

  it('is not taken for none', () => {
    const feed = seconds(0, 20, counted(100));
    expect(told(findingsOf(outweighs, [joined('delete', 'assign'), ...feed]))).toEqual(['ow fires 5']);
    expect(findingsOf(outweighs, [joined('delete'), ...feed])).toEqual([]);
  });

  it('is not taken for a map from which nothing is deleted', () => {
    const rule =
      '  - {name: g, kind: lifecycle, sequence: never-shrinks, entries: 1000, span: 1m, startup: 0}';
    const grows = seconds(0, 200, (second) => ({
      type: 'maps',
      at: BEGAN + second * 1000,
      process: SHOP,
      left: 0,
      maps: [{ mapType: TYPE, mapAddress: '0xc000', name: 'shop.leak', entries: 2000 + 100 * second }],
    }));
    const feed = grows.flatMap((maps, s) => [maps, windowOf(s, countOf(100, { op: 'assign' }))]);
    expect(findingsOf(rule, [joined('assign', 'delete', 'clear'), ...feed])).toHaveLength(1);
    expect(findingsOf(rule, [joined('assign'), ...feed])).toEqual([]);
  });
});

it('a prefix is estimated over the time that was counted', () => {
  const rule = '  - {name: p, kind: rate, op: delete, per: prefix, above: 150/s, window: 2s, for: 0s}';
  const kept = (second: number): FeedItem =>
    eventsOf(
      10,
      ...Array.from({ length: 10 }, (_, i) => eventOf(second * 1000 + i, 'delete', `"sess:${i}"`)),
    );
  const feed = Array.from({ length: 10 }, (_, second) => [
    kept(second),
    part(second, 500, 'all', countOf(100)),
  ]).flat();
  const [first] = findingsOf(rule, feed);
  expect(first?.evidence[0]?.text).toMatch(/^200 deletes\/s over the last 2 s.*for 1 s of that/);
});
