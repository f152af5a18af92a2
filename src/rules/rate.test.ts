import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../model/feed.ts';
import { BEGAN, countOf, eventOf, eventsOf, EVICT, findingsOf, SHOP, told, windowOf } from './testing.ts';

const STORM = `
  - {name: storm, title: Storm, kind: rate, op: delete, above: 500/s, window: 2s, for: 10s, recovery: 5s,
     one_prefix: {share: 85%, min_events: 20}}`;

/** Seconds with so many deletes each; ten events a second, of which some are on one prefix. */
function* storm(rates: readonly number[], onPrefix = 10): Generator<FeedItem> {
  for (const [second, rate] of rates.entries()) {
    const events = Array.from({ length: 10 }, (_, i) =>
      eventOf(second * 1000 + i, 'delete', i < onPrefix ? `"sess:eu-${second}${i}"` : `"user:${i}:x"`),
    );
    yield eventsOf(100, ...events);
    yield windowOf(second, countOf(rate));
  }
}

const seconds = (...runs: readonly (readonly [number, number])[]): number[] =>
  runs.flatMap(([rate, times]) => Array.from({ length: times }, () => rate));

describe('a rate', () => {
  it('fires when it lasts, once, and recovers', () => {
    const found = findingsOf(STORM, storm(seconds([100, 5], [2000, 20], [10, 20])));
    // Of the window of two seconds that ends at 6 the mean is above 500: ten seconds later it has lasted.
    expect(told(found)).toEqual(['storm fires 16', 'storm over']);
    const [firing, over] = found;
    expect(firing).toMatchObject({
      severity: 'warning',
      title:
        'Storm: 2,000 deletes/s on map[string]*shop.Session from shop.(*Cache).evict cache.go:88, 100 % on keys that begin with "sess:eu-…"',
      subject: { process: SHOP, mapType: 'map[string]*shop.Session', site: EVICT, prefix: '"sess:eu-' },
      since: BEGAN + 6000,
    });
    expect(firing?.evidence.map(({ text }) => text)).toEqual([
      '2,000 deletes/s over the last 2 s, more than 500/s; counted exactly.',
      '100 % of 20 sampled deletes were on keys that begin with "sess:eu-…" (one event in 100 is kept).',
      '100 % of them came from shop.(*Cache).evict cache.go:88.',
    ]);
    expect(over).toMatchObject({ id: firing?.id, state: 'resolved', firedAt: BEGAN + 16_000 });
    expect(over?.evidence.at(-1)?.text).toBe('Over: nothing of it was seen for 5 s.');
  });

  it.each([
    ['too short a burst', storm(seconds([0, 5], [50_000, 8], [0, 20]))],
    ['too little', storm(seconds([499, 60]))],
    ['keys of several kinds', storm(seconds([2000, 30]), 8)],
  ])('is quiet on %s', (_, feed) => {
    expect(findingsOf(STORM, feed)).toEqual([]);
  });

  it('has a finding for each subject', () => {
    const rule = '  - {name: r, kind: rate, per: site, above: 10, window: 1s}';
    const other = { site: { function: 'main.other' } };
    const found = findingsOf(rule, [
      windowOf(0, countOf(20), countOf(30, other), countOf(5, { site: { function: 'f' } })),
    ]);
    expect(found.map(({ subject }) => subject.site?.function)).toEqual([
      'example.com/shop.(*Cache).evict',
      'main.other',
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });

  it('of a prefix is estimated from sampled events, and says so', () => {
    const rule = '  - {name: r, kind: rate, per: prefix, above: 500, window: 1s}';
    const found = findingsOf(rule, storm([1000]));
    expect(found.map(({ subject }) => subject.prefix)).toEqual(['"sess:', '"sess:eu-']);
    expect(found[0]?.evidence[0]?.text).toBe(
      '1,000 deletes/s over the last 1 s, more than 500/s; estimated from sampled events (one event in 100 is kept).',
    );
  });

  it('is weighed against what comes in', () => {
    const rule = '  - {name: r, kind: rate, above: 100, window: 1s, outweighs: {op: assign, times: 3x}}';
    const assigns = (count: number): FeedItem => windowOf(0, countOf(1000), countOf(count, { op: 'assign' }));
    expect(findingsOf(rule, [assigns(400)])).toEqual([]);
    expect(told(findingsOf(rule, [assigns(300)]))).toEqual(['r fires 1']);
  });

  it('looks only at what is asked for', () => {
    const rule = (where: string): string =>
      `  - {name: r, kind: rate, above: 10, window: 1s, where: {${where}}}`;
    const feed = [windowOf(0, countOf(20))];
    for (const where of ['process: ^shop$', 'type: Session', 'site: "cache.go:88$"'])
      expect(findingsOf(rule(where), feed)).toHaveLength(1);
    for (const where of ['process: ^sho$', 'type: "^Session"', 'site: other'])
      expect(findingsOf(rule(where), feed)).toEqual([]);
  });

  it('ends with its process', () => {
    const rule = '  - {name: r, kind: rate, above: 10, window: 1s}';
    const found = findingsOf(rule, [
      windowOf(0, countOf(20)),
      { type: 'left', at: BEGAN + 1500, process: SHOP },
    ]);
    expect(told(found)).toEqual(['r fires 1', 'r over']);
    expect(found[1]?.evidence.at(-1)?.text).toBe('Over: the process shop (pid 7) is audited no more.');
  });

  it('does not take a gap for a time in which it lasted', () => {
    const rule = '  - {name: r, kind: rate, above: 10, window: 1s, for: 30s}';
    const feed = [windowOf(0, countOf(20)), windowOf(40, countOf(20)), windowOf(41, countOf(20))];
    expect(findingsOf(rule, feed)).toEqual([]);
  });
});

describe('a ratio', () => {
  const rule =
    '  - {name: r, kind: ratio, above: 50, window: 1s, times: 5x, baseline: 10m, history: 60s, recovery: 3s}';

  function* steps(rates: readonly number[], process = SHOP, from = 0): Generator<FeedItem> {
    for (const [i, rate] of rates.entries()) yield windowOf(from + i, countOf(rate, { process }));
  }

  it('needs to have seen enough', () => {
    expect(findingsOf(rule, steps(seconds([20, 59], [1000, 1])))).toEqual([]);
    expect(told(findingsOf(rule, steps(seconds([20, 60], [1000, 1]))))).toEqual(['r fires 61']);
  });

  it('says how much more it is, learns nothing from it, and recovers', () => {
    const found = findingsOf(rule, steps(seconds([20, 60], [1000, 30], [20, 10])));
    expect(told(found)).toEqual(['r fires 61', 'r over']);
    expect(found[0]?.evidence[1]?.text).toBe(
      'In the 1 min before, the most that was seen was 20.0 deletes/s: that is 50.0 times as many.',
    );
  });

  it('is used to a sweep that comes again', () => {
    const sweeps = Array.from({ length: 300 }, (_, i) => (i % 50 === 49 ? 5000 : 10));
    expect(findingsOf(rule, steps(sweeps))).toEqual([]);
  });

  it('goes on from what it knows of the program when that is started anew', () => {
    const next = { ...SHOP, pid: 8, started: BEGAN + 61_000 };
    const feed = [
      ...steps(seconds([20, 60])),
      { type: 'left', at: BEGAN + 60_500, process: SHOP } satisfies FeedItem,
      ...steps([1000], next, 61),
    ];
    expect(told(findingsOf(rule, feed))).toEqual(['r fires 62']);
  });

  it('sees what falls', () => {
    const falls =
      '  - {name: r, kind: ratio, above: 50, window: 1s, times: 0.1, baseline: 10m, history: 60s, for: 2s}';
    expect(told(findingsOf(falls, steps(seconds([100, 60], [5, 5]))))).toEqual(['r fires 63']);
    expect(findingsOf(falls, steps(seconds([100, 60], [50, 5])))).toEqual([]);
  });
});
