import { usageError } from './usage_error.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2 };
const LEAST = 64 * 1024;
const MOST = 256 * 1024 ** 2;

/** `512K`, `4M` or plain bytes, rounded up to a power of two between 64K and 256M. */
export function parseRingSize(text: string): number {
  const match = /^(\d+)\s*([km]?)(?:i?b)?$/i.exec(text);
  const bytes = match === null ? NaN : Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? NaN);
  if (Number.isNaN(bytes)) {
    throw usageError('size', `"${text}" is not a size`, { hint: 'Write a number of bytes, or 512K, 4M.' });
  }
  if (bytes < LEAST || bytes > MOST) {
    throw usageError('size', `a ring of ${text} is out of range`, {
      hint: 'Between 64K and 256M for each CPU.',
    });
  }
  return 2 ** Math.ceil(Math.log2(bytes));
}
