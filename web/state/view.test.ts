import { expect, it } from 'vitest';
import { DEFAULT_RANGE, fragmentOf, parseView, type View, leftOut } from './view.ts';

it('reads what it has written, every field of it', () => {
  const view: View = {
    page: 'compare',
    range: { type: 'span', from: 1_772_366_400_000, to: 1_772_367_000_123 },
    process: '4242-1772362700000',
    op: 'delete',
    mapType: 'map[string]*shop.Session',
    map: '0xc000123450',
    site: '00ff00ff00ff00ff',
    key: '"a&b=c#d ü\u202e"',
    mapPattern: 'Session|Cart',
    sitePattern: 'cache\\.go:8\\d',
    keyGlob: 'sess:*?',
    goid: 42,
    before: { from: 1_772_360_000_000, to: 1_772_360_600_000 },
    by: 'map_type',
    pick: '%&',
    question: 'deletes by site last 10m',
  };
  expect(parseView(fragmentOf(view))).toEqual(view);
});

it('moves with the time where that is meant', () => {
  expect(parseView('#/map?last=90s').range).toEqual({ type: 'last', ms: 90_000 });
  expect(fragmentOf(parseView('#/map?last=120m'))).toBe('#/map?last=2h');
});

it('says what of an address makes no sense', () => {
  expect(leftOut('#/nothing?last=-1m&op=eat&goid=x&by=taste&more=1')).toEqual([
    'nothing',
    'last=-1m',
    'op=eat',
    'goid=x',
    'by=taste',
    'more=1',
  ]);
  expect(leftOut('#/map?from=2026-01-01&to=2025-01-01')).toEqual(['from=2026-01-01', 'to=2025-01-01']);
  for (const good of [
    '',
    '#',
    '#/',
    '#/map?last=120m&map=0xc0&op=delete',
    '#/overview?from=2025-01-01&to=2026-01-01',
  ])
    expect(leftOut(good)).toEqual([]);
});

it('shows the overview for what makes no sense, and leaves it out', () => {
  for (const fragment of [
    '',
    '#',
    '#/nothing?last=-1m&op=eat&goid=x&by=taste',
    '#/?from=2026&to=2025',
    '#/overview?from=x&to=y',
  ])
    expect(fragmentOf(parseView(fragment))).toBe('#/overview?last=15m');
  expect(parseView('#/live?last=999999999d').range).toEqual(DEFAULT_RANGE);
});
