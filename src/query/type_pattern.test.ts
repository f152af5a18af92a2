import { expect, test } from 'vitest';
import { isMapauditError } from '../base/errors.ts';
import { EventFilter } from './recorded/event_filter.ts';
import { WindowCounts } from './recorded/window_counts.ts';
import { CounterFilter } from './counter_filter.ts';
import { KeptEvents } from './who/kept_events.ts';
import { typePattern } from './type_pattern.ts';

test('a pattern is a regular expression on the type', () => {
  expect(typePattern('\\*shop\\.Session$').test('map[string]*shop.Session')).toBe(true);
});

const filters = { ops: ['delete'], map: '(*shop.Cache).sessions', key: 'sess:1' } as const;

test.each([
  ['events of a recording', () => new EventFilter(filters)],
  ['windows of a recording', () => new WindowCounts(filters, false)],
  ['counters', () => new CounterFilter(filters, undefined)],
  ['events of a file', () => new KeptEvents(filters)],
])('%s cannot be told by the name of a map', (_, made) => {
  let thrown: unknown;
  try {
    made();
  } catch (error) {
    thrown = error;
  }
  expect(isMapauditError(thrown, 'map-needs-pid')).toBe(true);
});
