import type { Literal } from './syntax.ts';

const INTEGER = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)$/;
const FLOAT = /^[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)$/;
const SIMPLE: Readonly<Record<string, number>> = {
  a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34,
}; // prettier-ignore

/** A constant in Go's syntax; undefined for anything else. Bytes of strings beyond ASCII are UTF-8, one unit a byte. */
export function parseLiteral(text: string): Literal | undefined {
  if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true' };
  if (INTEGER.test(text)) return { kind: 'int', value: integer(text) };
  if (FLOAT.test(text)) return { kind: 'float', value: Number(text) };
  const quote = text[0];
  if (text.length < 2 || text.at(-1) !== quote) return undefined;
  const inside = text.slice(1, -1);
  if (quote === '`') return inside.includes('`') ? undefined : { kind: 'string', value: binary(inside) };
  if (quote === '"') return string(inside);
  return quote === "'" ? rune(inside) : undefined;
}

function integer(text: string): bigint {
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  return text.startsWith('-') ? -value : value;
}

function string(inside: string): Literal | undefined {
  const value = unescape(inside, '"');
  return value === undefined ? undefined : { kind: 'string', value };
}

function rune(inside: string): Literal | undefined {
  const bytes = unescape(inside, "'");
  if (bytes === undefined || bytes === '') return undefined;
  const points = Array.from(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
  const [point] = points;
  if (point === undefined || points.length !== 1) return undefined;
  return { kind: 'int', value: BigInt(point.codePointAt(0) ?? 0) };
}

/** UTF-8, one character a byte. */
const binary = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

/** Resolves Go's escapes. go1.26.8 src/strconv/quote.go, UnquoteChar. */
function unescape(inside: string, quote: string): string | undefined {
  let out = '';
  for (let i = 0; i < inside.length; i++) {
    const char = inside.charAt(i);
    if (char === quote || char === '\n') return undefined;
    if (char !== '\\') {
      const whole = String.fromCodePoint(inside.codePointAt(i) ?? 0);
      out += binary(whole);
      i += whole.length - 1;
      continue;
    }
    const escape =
      /^\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\'"]))/.exec(
        inside.slice(i),
      );
    if (escape === null) return undefined;
    const [all, hex, octal, short, long, simple] = escape;
    const point = parseInt(short ?? long ?? '0', 16);
    if (point > 0x10ffff) return undefined;
    if (hex !== undefined) out += String.fromCharCode(parseInt(hex, 16));
    else if (octal !== undefined) out += String.fromCharCode(parseInt(octal, 8) & 0xff);
    else if (simple !== undefined) out += String.fromCharCode(SIMPLE[simple] ?? 0);
    else out += binary(String.fromCodePoint(point));
    i += all.length - 1;
  }
  return out;
}
