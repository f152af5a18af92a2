import { expect, test } from 'vitest';
import { closest } from './closest.ts';
import { editDistance } from './edit_distance.ts';

test('edit distance counts letters, and a swap as one', () => {
  expect(editDistance('delte', 'delete')).toBe(1);
  expect(editDistance('dleete', 'delete')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
});

test('nothing is suggested when nothing is near', () => {
  expect(closest('xyzzy', ['delete', 'assign'])).toBeUndefined();
  expect(closest('日本', ['mF'])).toBeUndefined();
  expect(closest('del', ['delete', 'assign'])).toBe('delete');
  expect(closest('ASIGN', ['delete', 'assign'])).toBe('assign');
});
