import { usageError } from './usage_error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest wait that a timer of Node can hold. */
const LONGEST_MS = 2 ** 31 - 1;
/** A hundred years: nothing waits for it. */
const LONGEST_AGE_MS = 36_525 * 86_400_000;

/** `500ms`, `10s`, `1.5m`, `1h`, and sums of them (`1m30s`), in milliseconds. */
export function parseDuration(text: string): number {
  const ms = millisecondsOf(text);
  if (ms > LONGEST_MS)
    throw usageError('duration', `a duration of ${text} is too long`, { hint: 'At most 24 days.' });
  return ms;
}

/** As a duration, for what is only compared: `90d`, at least an hour. */
export function parseAge(text: string): number {
  const ms = millisecondsOf(text);
  if (ms >= 3_600_000 && ms <= LONGEST_AGE_MS) return ms;
  throw usageError('duration', `an age of ${text} is out of range`, { hint: 'Between 1h and 36525d.' });
}

function millisecondsOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) throw badDuration(text);
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? NaN), 0);
  const ms = Math.round(total);
  if (ms >= 1) return ms;
  throw usageError('duration', `a duration of ${text} is too short`, { hint: 'At least 1ms.' });
}

function badDuration(text: string): Error {
  const hint = /^\d+(\.\d+)?$/.test(text)
    ? `Add a unit: ${text}s for seconds, ${text}ms for milliseconds.`
    : 'Write a number and a unit: 500ms, 10s, 1m30s, 1h.';
  return usageError('duration', `"${text}" is not a duration`, { hint });
}
