import { usageError } from './usage_error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest wait that a timer of Node can hold. */
const LONGEST_MS = 2 ** 31 - 1;

/** `500ms`, `10s`, `1.5m`, `1h`, and sums of them (`1m30s`), in milliseconds. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) throw badDuration(text);
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? NaN), 0);
  const ms = Math.round(total);
  if (!(ms >= 1))
    throw usageError('duration', `a duration of ${text} is too short`, { hint: 'At least 1ms.' });
  if (ms > LONGEST_MS)
    throw usageError('duration', `a duration of ${text} is too long`, { hint: 'At most 24 days.' });
  return ms;
}

function badDuration(text: string): Error {
  const hint = /^\d+(\.\d+)?$/.test(text)
    ? `Add a unit: ${text}s for seconds, ${text}ms for milliseconds.`
    : 'Write a number and a unit: 500ms, 10s, 1m30s, 1h.';
  return usageError('duration', `"${text}" is not a duration`, { hint });
}
