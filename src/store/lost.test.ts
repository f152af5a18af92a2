import { expect, it } from 'vitest';
import { Batch } from './batch.ts';
import { lostText } from './lost.ts';

const AT = Date.UTC(2026, 2, 1, 12);
const FULL = { text: 'the disk is full', since: AT + 2000, dropped: 0 };

/** Windows as they are merged while they wait: a minute of which 59.5 s were recorded. */
function waiting(): Batch {
  const batch = new Batch();
  batch.add('spans_1s', [AT, 59_500, 7000, 0, 0]);
  batch.add('windows_1s', [AT, 1, 'delete', 1, null, null, 7000, 0, 0, 0]);
  batch.add('map_types', [1, 'map[int]int']);
  return batch;
}

it('says what is lost, and since when', () => {
  const batch = waiting();
  batch.add('growth', [AT]);
  batch.add('costs', [AT]);
  expect(lostText({ trouble: { ...FULL, dropped: 1200 }, waiting: [batch], isDoubtful: false })).toBe(
    'The store could not be written at the end: the disk is full. What was seen since 2026-03-01T12:00:00Z is lost: 60 seconds with 7,000 operations, 2 other facts, 1,200 events and facts given up before',
  );
});

it('sums up what waits in parts; of one that may have been written it is at most that', () => {
  expect(lostText({ trouble: FULL, waiting: [waiting(), waiting()], isDoubtful: true })).toContain(
    'is lost: at most 119 seconds with 14,000 operations',
  );
});

it('says that nothing is lost where nothing waits', () => {
  const names = new Batch();
  names.add('map_types', [1, 'map[int]int']);
  expect(lostText({ trouble: FULL, waiting: [names], isDoubtful: false })).toBe(
    'The store could not be written at the end: the disk is full. Nothing that was seen is lost',
  );
});
