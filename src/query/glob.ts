import { literalRegex } from '../base/literal_regex.ts';

/**
 * A matcher for a glob over whole texts: `*` any text, `?` one character, `[a-z]` and `[!a-z]` sets, `\\` before a
 * character takes it as it is. Keys are no paths: libraries for globs stop `*` at a slash or a leading dot. It takes a
 * time that grows with the text times the glob: what stands between two stars has a fixed length, so that the first
 * place where it fits is as good as any, and is not left again (`(?=(…))\1` is how JavaScript writes an atomic group).
 */
export function globMatcher(glob: string): (text: string) => boolean {
  const [first = '', ...behind] = partsOf(glob);
  const last = behind.pop();
  const atomic = behind.map((part, i) => `(?=(.*?${part}))\\${i + 1}`);
  const expression = new RegExp(`^${first}${atomic.join('')}${last === undefined ? '' : `.*${last}`}$`, 'su');
  return (text) => expression.test(text);
}

/**
 * The same as a regular expression of RE2. Any text is `\C*` there, any bytes: between whole characters that is the same
 * as `.*`, with which RE2 has to follow all encodings of a character for each star.
 */
export const globRe2 = (glob: string): string => `(?s)^${partsOf(glob).join('\\C*')}$`;

const TOKEN = /\\(.)|\*+|\?|\[([!^]?)(\]?(?:\\.|[^\]\\])*)\]|[^]/gsu;

/** What stands between stars, as regular expressions. */
function partsOf(glob: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const [token, escaped, not, set] of glob.matchAll(TOKEN)) {
    if (token.startsWith('*')) {
      parts.push(part);
      part = '';
    } else part += one(token, escaped, not, set);
  }
  return [...parts, part];
}

function one(token: string, escaped?: string, not?: string, set?: string): string {
  if (escaped !== undefined) return literalRegex(escaped);
  if (token === '?') return '.';
  if (set !== undefined) return `[${not === '' ? '' : '^'}${setOf(set)}]`;
  return literalRegex(token);
}

/** The inside of a set: escapes stand for themselves, and nothing but `-` is special. */
const setOf = (set: string): string =>
  set.replaceAll(/\\(.)|[[\]^\\]/gsu, (token: string, escaped?: string) =>
    escaped === '-' ? '\\-' : literalRegex(escaped ?? token),
  );

/** What of a glob the kernel can compare: the text before the first special character, and whether that is all. */
export interface LiteralPrefix {
  readonly text: string;
  readonly exact: boolean;
}

export function literalPrefix(glob: string): LiteralPrefix {
  let text = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i);
    if (char === '*' || char === '?' || char === '[') return { text, exact: false };
    if (char === '\\' && i + 1 < glob.length) i++;
    text += glob.charAt(i);
  }
  return { text, exact: true };
}
