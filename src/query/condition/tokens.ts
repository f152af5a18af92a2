import { conditionFault } from './fault.ts';

/** A word of a condition. `at` is where it begins. */
export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const SPACE = /\s*/y;
const NAME = /[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*/y;
const NUMBER = /-?(?:0[xX][\da-fA-F]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)/y;
const SIGN = /&&|\|\||==|!=|<=|>=|=~|[!<>()]/y;

/** What people write who come from elsewhere, and what it is here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '=': 'Did you mean == ?',
  '&': 'Did you mean && ?',
  '|': 'Did you mean || ?',
  '~': 'Did you mean =~ ?',
};

/** Cuts a condition into words; the last one is `end`. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = after(SPACE, text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token.token);
    at = after(SPACE, text, token.end);
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

function tokenAt(text: string, at: number): { readonly token: Token; readonly end: number } {
  for (const [kind, pattern] of [
    ['name', NAME],
    ['number', NUMBER],
    ['sign', SIGN],
  ] as const) {
    const end = after(pattern, text, at);
    if (end > at) return { token: { kind, text: text.slice(at, end), at }, end };
  }
  const char = text.charAt(at);
  if (char === '"' || char === "'" || char === '`') return stringAt(text, at, char);
  const hint = ELSEWHERE[char] ?? 'A condition looks like: len > 1000 && goroutine == 918.';
  throw conditionFault(text, at, `${char} has no meaning here`, hint);
}

/** Quoted with " or ' and \ before a quote or backslash; between backquotes nothing is special. */
function stringAt(text: string, at: number, quote: string): { readonly token: Token; readonly end: number } {
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === quote) return { token: { kind: 'string', text: value, at }, end: i + 1 };
    if (char === '\\' && quote !== '`' && i + 1 < text.length) value += escaped(text.charAt(++i));
    else value += char;
  }
  throw conditionFault(text, at, 'this text is never closed', `Add a ${quote} at its end.`);
}

/** An unknown escape keeps its backslash: patterns are full of them. */
function escaped(char: string): string {
  if (char === 'n') return '\n';
  if (char === 't') return '\t';
  return char === '"' || char === "'" || char === '\\' ? char : `\\${char}`;
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
