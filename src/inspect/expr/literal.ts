import { type GoCharacter, goCharacter } from '../../model/go_character.ts';
import type { Literal } from './syntax.ts';

const INTEGER = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)$/;
const FLOAT = /^[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)$/;

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
  const value = characters(inside, '"')?.map(({ bytes }) => String.fromCharCode(...bytes));
  return value === undefined ? undefined : { kind: 'string', value: value.join('') };
}

function rune(inside: string): Literal | undefined {
  const [one, more] = characters(inside, "'") ?? [];
  return one === undefined || more !== undefined ? undefined : { kind: 'int', value: BigInt(one.rune) };
}

/** UTF-8, one character a byte. */
const binary = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

/** The characters between two quotes; undefined when Go has them not. */
function characters(inside: string, quote: string): readonly GoCharacter[] | undefined {
  const all: GoCharacter[] = [];
  for (let at = 0; at < inside.length;) {
    const char = goCharacter(inside, at);
    if (char === undefined || inside.charAt(at) === quote || inside.charAt(at) === '\n') return undefined;
    all.push(char);
    at += char.length;
  }
  return all;
}
