import { expect, it } from 'vitest';
import { nanosOf, timeText } from './time_text.ts';

it('times are texts and numbers alike, whichever came before', () => {
  expect(() => nanosOf('yesterday')).toThrow('is not a time');
  for (const text of [
    '2026-03-01T12:01:33.102000417Z',
    '2026-03-01T12:01:33.000000001Z',
    '2026-03-01T12:01:34.000000000Z',
    '1999-12-31T23:59:59.999999999Z',
  ])
    expect(timeText(nanosOf(text))).toBe(text);
  expect(nanosOf('1970-01-01T00:00:01Z')).toBe(1_000_000_000n);
  expect(nanosOf('1970-01-01T00:00:01.5Z')).toBe(1_500_000_000n);
  expect(() => nanosOf('yesterday')).toThrow('is not a time');
});
