import { expect, test } from 'vitest';
import type { Summary } from '../../protocol/summary.ts';
import { summaryAdvice, summaryText } from './summary_text.ts';

const plain: Summary = {
  type: 'summary',
  ended: 'ctrl-c',
  duration_ms: 1000,
  events: 3112,
  lost: 0,
  sampled: 0,
  loss: { ring_full: 0, output_slow: 0, key_unreadable: 0, stack_unreadable: 0, len_unreadable: 0 },
  by_op: { delete: { events: 3112, found: 2901, not_found: 211 } },
};

test('the line that people know', () => {
  expect(summaryText(plain)).toEqual([
    '3,112 events · 0 lost · 3,112 deletes (2,901 found their key, 211 did not)',
  ]);
  expect(summaryAdvice(plain)).toBeUndefined();
});

test('of one operation', () => {
  const of = (found: number, not_found: number, events = 1): string | undefined =>
    summaryText({ ...plain, events, by_op: { delete: { events, found, not_found } } })[0]?.split(' · ')[2];
  expect([of(1, 0), of(0, 1), of(1, 2, 3)]).toEqual([
    '1 delete (1 found its key)',
    '1 delete (1 did not)',
    '3 deletes (1 found its key, 2 did not)',
  ]);
});

test('operations in their usual order, and what is not known', () => {
  const by_op = {
    clear: { events: 2, removed: 1300 },
    grow: { events: 1 },
    assign: { events: 9, found: 3, not_found: 2 },
  };
  expect(summaryText({ ...plain, events: 12, by_op })).toEqual([
    '12 events · 0 lost · 9 assigns (3 replaced a value, 2 inserted a key, 4 not known) · 2 clears (1,300 entries removed) · 1 growth',
  ]);
});

test('loss by cause, with what to do', () => {
  const loss = { ring_full: 10, output_slow: 2, key_unreadable: 1, stack_unreadable: 3, len_unreadable: 0 };
  const lossy: Summary = { ...plain, lost: 12, sampled: 9000, loss, by_op: {} };
  expect(summaryText(lossy)).toEqual([
    '3,112 events · 12 lost (10 ring full, 2 output too slow) · 9,000 left out by sampling · 1 key unreadable · 3 stacks cut short',
  ]);
  expect(summaryAdvice(lossy)).toMatch(/^The rings had no room for all events: .*--ring/);
  // With jumps and the build hook, there is no kernel between the program and the rings.
  expect(summaryAdvice(lossy)).not.toContain('kernel');
  expect(summaryAdvice({ ...lossy, loss: { ...loss, output_slow: 20 } })).toContain('-o FILE');
});

test('an end that nobody asked for has its own line', () => {
  expect(summaryText({ ...plain, ended: 'target-exited' })[0]).toBe('The program has ended.');
  expect(summaryText({ ...plain, ended: 'target-exec' })[0]).toContain('exec');
});

test('nothing seen', () => {
  expect(summaryAdvice({ ...plain, events: 0 })).toContain('mapaudit check');
});
