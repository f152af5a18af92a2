import { expect, test } from 'vitest';
import { lastWord } from './last_word.ts';

test('says what may be missing, and of the inline probe what may be left', () => {
  expect(lastWord('serve', { store: 's.duckdb' })).toEqual({
    type: 'notice',
    level: 'warning',
    code: 'ended-at-once',
    message: 'ended at once: what was not written yet, as a rule the last second, is not in the store',
  });
  expect(lastWord('serve', {}).message).toContain('nothing is kept without --store');
  expect(lastWord('record', {}).message).toContain('the file can be read');
  expect(lastWord('trace', { probe: 'inline' }).hint).toContain('mapaudit detach -p PID');
  expect(lastWord('trace', { probe: 'kernel' }).hint).toBeUndefined();
});
