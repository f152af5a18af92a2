import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../model/feed.ts';
import { BEGAN, countOf, eventOf, eventsOf, findingsOf, windowOf } from './testing.ts';

const RULE = `
  - name: storm
    kind: rate
    op: delete
    above: 500
    window: 2s
    for: 5s
    recovery: 5s`;

/** A storm from second 4 on to 20, by a clock that is set at the end of a second. */
function* storm(by: number, setAt: number): Generator<FeedItem> {
  for (let second = 0; second < 40; second++) {
    const isStorm = second >= 4 && second < 20;
    const moved = second > setAt ? by / 1000 : 0;
    const item = windowOf(second + moved, countOf(isStorm ? 1000 : 100));
    if (item.type === 'window' && second === setAt)
      yield { ...item, window: { ...item.window, clockSetMs: by } };
    else yield item;
  }
}

const seen = (by: number, setAt: number): string[] =>
  findingsOf(RULE, storm(by, setAt)).map(
    ({ state, since, firedAt, lastSeen }) =>
      `${state} ${[since, firedAt, lastSeen].map((ms) => (ms - BEGAN) / 1000).join(' ')}`,
  );

describe.each([-3_600_000, 3_600_000, -3000, 3000])('a clock that is set by %d', (by) => {
  const moved = by / 1000;

  it('before: the rule is judged as before', () => {
    const calm = seen(0, -1).map((line) => line.split(' '));
    const expected = calm.map(([state, ...at]) => [state, ...at.map((s) => Number(s) + moved)].join(' '));
    expect(seen(by, 2)).toEqual(expected);
    expect(calm.map(([state]) => state)).toEqual(['firing', 'resolved']);
  });

  it('while a condition lasts: it fires when it would have, and is over when it is', () => {
    const [fired, over] = findingsOf(RULE, storm(by, 6));
    const [plain, plainOver] = findingsOf(RULE, storm(0, -1));
    expect(fired?.firedAt).toBe((plain?.firedAt ?? 0) + by);
    expect(over?.lastSeen).toBe((plainOver?.lastSeen ?? 0) + by);
  });

  it('while it fires: it goes on, and is over once', () => {
    expect(findingsOf(RULE, storm(by, 14)).map(({ state }) => state)).toEqual(['firing', 'resolved']);
  });

  it('events have their seconds too', () => {
    const rule = `
  - name: one-key
    kind: rate
    op: delete
    above: 5
    window: 2s
    per: prefix`;
    function* feed(): Generator<FeedItem> {
      for (let second = 0; second < 12; second++) {
        const at = second > 3 ? second + moved : second;
        const events =
          second < 6
            ? []
            : Array.from({ length: 20 }, (_, i) => eventOf(at * 1000 + i, 'delete', '"sess:a1"'));
        yield eventsOf(1, ...events);
        const item = windowOf(at, countOf(20));
        if (item.type === 'window' && second === 3)
          yield { ...item, window: { ...item.window, clockSetMs: by } };
        else yield item;
      }
    }
    const found = findingsOf(rule, feed());
    expect(found.length).toBeGreaterThan(0);
    for (const { firedAt } of found) {
      expect(firedAt - BEGAN - by).toBeGreaterThanOrEqual(6000);
      expect(firedAt - BEGAN - by).toBeLessThanOrEqual(12_000);
    }
  });
});

it('a window that is longer than a second is no peak', () => {
  const steady = (lengthMs: number, second: number): FeedItem => {
    const item = windowOf(second, countOf((200 * lengthMs) / 1000));
    return item.type === 'window' ? { ...item, window: { ...item.window, lengthMs } } : item;
  };
  const rule = RULE.replace('for: 5s', 'for: 0s').replace('above: 500', 'above: 250');
  const feed = [
    steady(1000, 0),
    steady(1000, 1),
    steady(3000, 2),
    steady(1000, 5),
    steady(5000, 6),
    steady(1000, 11),
  ];
  expect(findingsOf(rule, feed)).toEqual([]);
  expect(findingsOf(rule.replace('above: 250', 'above: 150'), feed).length).toBeGreaterThan(0);
});
