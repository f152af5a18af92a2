import type { KeyMode } from '../../protocol/options.ts';
import { closest } from '../../base/closest.ts';
import { usageError } from './usage_error.ts';

const LONGEST_PREFIX = 256;

/** `full`, `prefix:N`, `hash` or `none`. */
export function parseKeys(text: string): KeyMode {
  if (text === 'full' || text === 'hash' || text === 'none') return { type: text };
  const match = /^prefix:(\d+)$/.exec(text);
  const length = Number(match?.[1]);
  if (length >= 1 && length <= LONGEST_PREFIX) return { type: 'prefix', length };
  if (/^prefix\b/.test(text)) {
    const hint = `Say how long, from 1 to ${LONGEST_PREFIX}: --keys=prefix:8.`;
    throw usageError('keys', `"${text}" is not a way to show keys`, { hint });
  }
  const meant = closest(text, ['full', 'hash', 'none', 'prefix']);
  const known = 'Keys are shown as full, prefix:N, hash or none.';
  throw usageError('keys', `"${text}" is not a way to show keys`, {
    hint: meant === undefined ? known : `Did you mean ${meant}? ${known}`,
  });
}
