import { usageError } from './usage_error.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const LEAST = 64 * 1024;
const MOST = 256 * 1024 ** 2;

/** `512K`, `4M` or plain bytes, rounded up to a power of two between 64K and 256M. */
export function parseRingSize(text: string): number {
  const bytes = bytesOf(text, '512K, 4M');
  if (bytes < LEAST || bytes > MOST) {
    throw usageError('size', `a ring of ${text} is out of range`, {
      hint: 'Between 64K and 256M for each CPU.',
    });
  }
  return 2 ** Math.ceil(Math.log2(bytes));
}

const LEAST_STORE = 16 * 1024 ** 2;

/** `500M`, `4G` or plain bytes. Less than 16M has no room for DuckDB's own blocks. */
export function parseStoreSize(text: string): number {
  const bytes = bytesOf(text, '500M, 4G');
  if (bytes >= LEAST_STORE && bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw usageError('size', `a store of ${text} is out of range`, { hint: 'At least 16M.' });
}

function bytesOf(text: string, examples: string): number {
  const match = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(text);
  const bytes = match === null ? NaN : Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? NaN);
  if (!Number.isNaN(bytes)) return bytes;
  throw usageError('size', `"${text}" is not a size`, { hint: `Write a number of bytes, or ${examples}.` });
}
