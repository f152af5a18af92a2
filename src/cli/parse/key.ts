import { type GoLiteral, parseGoLiteral } from '../../model/go_literal.ts';
import type { Filters } from '../../protocol/options.ts';
import { globOf } from './glob.ts';
import { usageError } from './usage_error.ts';

/** A key as a filter: one key, or a glob on what keys look like. */
export type KeyFilter = Pick<Filters, 'key' | 'keyLiteral'>;

const glob = globOf('--key');

/**
 * What Go takes as a literal (a number, a rune, a string between quotes, true, false, nil, `T(x)`, `T{…}`, `{…}`) is
 * one key; all else is a glob. Errors: `usage-glob`, `usage-key`.
 */
export function parseKey(text: string): KeyFilter {
  return isLiteral(text) ? { keyLiteral: text } : { key: glob(text) };
}

/** One key: a literal as above, or the text of a string key, in which `\` takes a special character as it is. */
export function parseOneKey(text: string): KeyFilter {
  if (isLiteral(text)) return { keyLiteral: text };
  if (/[*?[]/.test(text.replaceAll(/\\./gsu, '')))
    throw usageError('contradiction', 'who follows one key, and --key is a pattern', {
      hint: `A string key with these characters goes between quotes: --key '${JSON.stringify(text)}'. ${ONE_KEY_HINT}`,
    });
  return { keyLiteral: text.replaceAll(/\\([*?[\]{}\\])/g, '$1') };
}

/** How one key is written. */
export const ONE_KEY_HINT = `Write a string key as the output shows it: --key '"sess:91af"'; others as Go writes them: --key 42, --key 'main.P{X: 1, Y: 2}'.`;

function isLiteral(text: string): boolean {
  const literal = parseGoLiteral(text);
  if (literal === undefined && /^\s*(["`]).*\1\s*$/su.test(text))
    throw usageError('key', `--key is not a string as Go writes it: ${text}`, {
      hint: 'Escapes are those of Go: \\" \\\\ \\n \\t \\x00 \\u0000 and so on.',
    });
  if (literal !== undefined && isCut(literal))
    throw usageError('key', `--key ends where output was cut: ${text}`, {
      hint: "Write the whole key, or a pattern for trace: --key 'sess:*'.",
    });
  return literal !== undefined;
}

function isCut(literal: GoLiteral): boolean {
  if (literal.kind === 'cut') return true;
  if (literal.kind === 'text') return literal.cut;
  if (literal.kind === 'conversion') return isCut(literal.value);
  return literal.kind === 'composite' && literal.items.some((item) => isCut(item.value));
}
