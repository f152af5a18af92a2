import { literalRegex } from '../base/literal_regex.ts';

/**
 * A matcher for a glob over whole texts: `*` any text, `?` one character, `[a-z]` and `[!a-z]` sets, `\\` before a
 * character takes it as it is. Keys are no paths: libraries for globs stop `*` at a slash or a leading dot.
 */
export function globMatcher(glob: string): (text: string) => boolean {
  const expression = new RegExp(globRegex(glob), 'su');
  return (text) => expression.test(text);
}

/** The same as a regular expression, of JavaScript and of RE2; `.` is to match the end of a line too. */
export const globRegex = (glob: string): string => `^${translate(glob)}$`;

const TOKEN = /\\(.)|\*|\?|\[([!^]?)(\]?(?:\\.|[^\]\\])*)\]|[^]/gsu;

function translate(glob: string): string {
  return glob.replaceAll(TOKEN, (token: string, escaped?: string, not?: string, set?: string) => {
    if (escaped !== undefined) return literalRegex(escaped);
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (set !== undefined) return `[${not === '' ? '' : '^'}${setOf(set)}]`;
    return literalRegex(token);
  });
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
