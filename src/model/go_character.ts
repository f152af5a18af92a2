/** A character of a Go literal. */
export interface GoCharacter {
  /** Of `\xff` and `\377`, the number of the byte. */
  readonly rune: number;
  /** What it adds to a string: UTF-8, or the one byte of an escape. */
  readonly bytes: Uint8Array;
  /** Length in the text, in UTF-16 units. */
  readonly length: number;
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))/y;
const SINGLE = new Map(Object.entries({ a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }));
const UTF8 = new TextEncoder();

/** A character that stands for itself, as all between back quotes do. */
export function plainCharacter(text: string, at: number): GoCharacter {
  const rune = text.codePointAt(at) ?? 0;
  const char = String.fromCodePoint(rune);
  return { rune, bytes: UTF8.encode(char), length: char.length };
}

/**
 * The character at a place between quotes; undefined for an escape that Go has not. go1.26.8 src/strconv/quote.go,
 * UnquoteChar.
 */
export function goCharacter(text: string, at: number): GoCharacter | undefined {
  if (text.charAt(at) !== '\\') return plainCharacter(text, at);
  ESCAPE.lastIndex = at;
  const found = ESCAPE.exec(text);
  if (found === null) return undefined;
  const [{ length }, byte, short, long, octal, single = ''] = found;
  const point = short ?? long;
  if (point === undefined) {
    const rune = byte !== undefined ? parseInt(byte, 16) : octal !== undefined ? parseInt(octal, 8) : NaN;
    const one = Number.isNaN(rune) ? (SINGLE.get(single) ?? single.charCodeAt(0)) : rune;
    // go/spec: a value of more than a byte is none.
    return one > 0xff ? undefined : { rune: one, bytes: Uint8Array.of(one), length };
  }
  const rune = parseInt(point, 16);
  const isNone = rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000);
  return isNone ? undefined : { rune, bytes: UTF8.encode(String.fromCodePoint(rune)), length };
}
