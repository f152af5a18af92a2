import { type GoCharacter, goCharacter, plainCharacter } from './go_character.ts';

/** A value as Go source writes it, without knowing its type. */
export type GoLiteral =
  /** `cut`: more followed, which the writer did not have. */
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly cut: boolean }
  /** A rune is its number. Integers are exact. */
  | { readonly kind: 'number'; readonly value: bigint | number }
  | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number }
  | { readonly kind: 'word'; readonly word: 'true' | 'false' | 'nil' }
  /** `T(x)`, `(*T)(x)`. */
  | { readonly kind: 'conversion'; readonly type: string; readonly value: GoLiteral }
  /** `T{…}`, or `{…}` where the type may be left out. */
  | { readonly kind: 'composite'; readonly type: string | undefined; readonly items: readonly LiteralItem[] }
  /** `…` where the writer had no value. */
  | { readonly kind: 'cut' };

/** An element of a composite literal. */
export interface LiteralItem {
  /** The field's name, or the index of an array's element. */
  readonly name: string | undefined;
  readonly value: GoLiteral;
}

/**
 * Reads a text as a literal of Go: a number, a rune, a string between quotes, true, false, nil, `T(x)`, `T{…}` or
 * `{…}`, with `…` where output was cut. Undefined for what is none. Follows go1.26 go/spec: Lexical elements,
 * Composite literals; types are taken as they stand.
 */
export function parseGoLiteral(text: string): GoLiteral | undefined {
  const reader = new LiteralReader(text);
  const literal = reader.value(0);
  return literal !== undefined && reader.isAtEnd ? literal : undefined;
}

const INTEGER = /[-+]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*)(?![\w.])/y;
const FLOAT = /[-+]?(?:Inf\b|NaN\b|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?(?![\w.]))/y;
const PART = String.raw`[-+]?(?:Inf|NaN|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?)`;
const COMPLEX = new RegExp(
  String.raw`\(?\s*(?:(${PART})\s*(?=[-+]))?(${PART}|[-+]\s*${PART.slice(5)})i\s*\)?`,
  'y',
);
const COMPLEX_CALL = new RegExp(String.raw`complex\s*\(\s*(${PART})\s*,\s*(${PART})\s*\)`, 'y');
const WORD = /(?:true|false|nil)\b/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const PATH = /(?:[\w.~%-]+\/)*[\p{L}_][\p{L}\p{N}_.]*/uy;
const DEEPEST = 32;

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    this.#space();
    return this.#at === this.#text.length;
  }

  /** Undefined, with the place wherever that showed, for what is no value. */
  value(depth: number): GoLiteral | undefined {
    if (depth > DEEPEST) return undefined;
    this.#space();
    if (this.#take('…')) return { kind: 'cut' };
    const next = this.#text.charAt(this.#at);
    if (next === '"' || next === '`') return this.#string();
    if (next === "'") return this.#rune();
    if (next === '{') return this.#composite(undefined, depth);
    return this.#complex() ?? this.#number() ?? this.#word() ?? this.#typed(depth);
  }

  #space(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #take(piece: string): boolean {
    this.#space();
    if (!this.#text.startsWith(piece, this.#at)) return false;
    this.#at += piece.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }

  #number(): GoLiteral | undefined {
    const whole = this.#match(INTEGER)?.[0];
    if (whole !== undefined) return numberOf(whole);
    const text = this.#match(FLOAT)?.[0];
    return text === undefined ? undefined : { kind: 'number', value: floatOf(text) };
  }

  #complex(): GoLiteral | undefined {
    const call = this.#match(COMPLEX_CALL);
    if (call !== undefined)
      return { kind: 'complex', real: floatOf(call[1] ?? ''), imaginary: floatOf(call[2] ?? '') };
    const start = this.#at;
    const found = this.#match(COMPLEX);
    if (found === undefined) return undefined;
    const [all, real = '0', imaginary = ''] = found;
    if (all.startsWith('(') === all.endsWith(')'))
      return { kind: 'complex', real: floatOf(real), imaginary: floatOf(imaginary) };
    this.#at = start;
    return undefined;
  }

  #word(): GoLiteral | undefined {
    const word = this.#match(WORD)?.[0];
    return word === 'true' || word === 'false' || word === 'nil' ? { kind: 'word', word } : undefined;
  }

  #string(): GoLiteral | undefined {
    const quote = this.#text.charAt(this.#at++);
    const bytes: number[] = [];
    for (;;) {
      if (this.#at >= this.#text.length) return undefined;
      if (this.#text.charAt(this.#at) === quote) break;
      const char = this.#character(quote === '`' ? plainCharacter : goCharacter);
      if (char === undefined) return undefined;
      bytes.push(...char.bytes);
    }
    this.#at++;
    const cut = this.#text.charAt(this.#at) === '…';
    if (cut) this.#at++;
    return { kind: 'text', bytes: Uint8Array.from(bytes), cut };
  }

  #rune(): GoLiteral | undefined {
    this.#at++;
    const char = this.#text.charAt(this.#at) === "'" ? undefined : this.#character();
    return char !== undefined && this.#text.charAt(this.#at++) === "'"
      ? { kind: 'number', value: BigInt(char.rune) }
      : undefined;
  }

  #character(read: typeof goCharacter = goCharacter): GoCharacter | undefined {
    const char = read(this.#text, this.#at);
    if (char !== undefined) this.#at += char.length;
    return char;
  }

  /** `T{…}` or `T(x)`. */
  #typed(depth: number): GoLiteral | undefined {
    const bracketed = this.#text.charAt(this.#at) === '(';
    if (bracketed) this.#at++;
    const start = this.#at;
    if (!this.#type(0)) return undefined;
    const type = this.#text.slice(start, this.#at).trim();
    if (bracketed && !this.#take(')')) return undefined;
    if (this.#take('(')) {
      const value = this.value(depth + 1);
      return value !== undefined && this.#take(')') ? { kind: 'conversion', type, value } : undefined;
    }
    this.#space();
    return this.#text.charAt(this.#at) === '{' ? this.#composite(type, depth) : undefined;
  }

  /** Steps over a type. */
  #type(depth: number): boolean {
    if (depth > DEEPEST) return false;
    if (this.#take('*')) return this.#type(depth + 1);
    if (this.#take('[')) {
      this.#match(/\d+|\.{3}/y);
      return this.#take(']') && this.#type(depth + 1);
    }
    if (this.#take('(')) return this.#type(depth + 1) && this.#take(')');
    if (this.#match(/map\s*\[/y) !== undefined)
      return this.#type(depth + 1) && this.#take(']') && this.#type(depth + 1);
    if (this.#match(/(?:<-\s*)?chan\b\s*(?:<-)?/y) !== undefined) return this.#type(depth + 1);
    if (this.#match(/(?:struct|interface)\s*(?=\{)/y) !== undefined) return this.#balanced('{', '}');
    if (this.#match(/func\s*(?=\()/y) !== undefined) return this.#balanced('(', ')');
    if (this.#match(PATH) === undefined) return false;
    return this.#text.charAt(this.#at) !== '[' || this.#balanced('[', ']');
  }

  #balanced(open: string, close: string): boolean {
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === open) depth++;
      if (char === close) depth--;
      if (depth > 0) continue;
      this.#at++;
      return true;
    }
    return false;
  }

  #composite(type: string | undefined, depth: number): GoLiteral | undefined {
    this.#at++;
    const items: LiteralItem[] = [];
    while (!this.#take('}')) {
      if (items.length > 0) {
        if (!this.#take(',')) return undefined;
        if (this.#take('}')) break;
      }
      const name = this.#label();
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      items.push({ name, value });
    }
    return { kind: 'composite', type, items };
  }

  /** `X:` or `39:`. */
  #label(): string | undefined {
    this.#space();
    const start = this.#at;
    const name = (this.#match(NAME) ?? this.#match(/\d+/y))?.[0];
    if (name !== undefined && this.#take(':')) return name;
    this.#at = start;
    return undefined;
  }
}

function numberOf(text: string): GoLiteral | undefined {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  if (!/^(?:0[xXbBoO][\da-fA-F]+|\d+)$/.test(digits)) return undefined;
  // A leading 0 makes a number octal.
  const octal = /^0\d/.test(digits);
  if (octal && /[89]/.test(digits)) return undefined;
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return { kind: 'number', value: text.startsWith('-') ? -value : value };
}

const floatOf = (text: string): number => Number(text.replaceAll(/[_\s]/g, '').replace('Inf', 'Infinity'));
