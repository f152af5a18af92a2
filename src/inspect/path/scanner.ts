import type { MapauditError } from '../../base/errors.ts';
import { decodeRune } from '../../go/value/quote.ts';
import { errorOf, Problem } from '../expr/problem.ts';

/** Walks over a key that a user has typed. */
export class KeyScanner {
  readonly text: string;
  at = 0;

  readonly #hint: string;

  /** `hint`: what is expected. */
  constructor(text: string, hint: string) {
    this.text = text;
    this.#hint = hint;
  }

  /** The error `usage-key`, with a caret under the place. */
  fail(what: string, at = this.at): MapauditError {
    return errorOf(new Problem('usage-key', at, what, this.#hint), this.text);
  }

  skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at++;
  }

  /** Takes a piece of text if it comes next. */
  take(piece: string): boolean {
    this.skipSpace();
    if (!this.text.startsWith(piece, this.at)) return false;
    this.at += piece.length;
    return true;
  }

  expect(piece: string): void {
    if (!this.take(piece)) throw this.fail(`${piece} is missing`);
  }

  /** Takes what a sticky pattern matches. */
  match(pattern: RegExp): string | undefined {
    this.skipSpace();
    const sticky = new RegExp(pattern.source, pattern.unicode ? 'yu' : 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.fail('nothing more was expected');
  }

  /** A string literal; undefined when there is none. */
  string(): Uint8Array | undefined {
    this.skipSpace();
    const raw = this.match(/`[^`]*`/);
    if (raw !== undefined) return new TextEncoder().encode(raw.slice(1, -1));
    if (!this.take('"')) return undefined;
    const bytes: number[] = [];
    while (!this.text.startsWith('"', this.at)) {
      if (this.at >= this.text.length) throw this.fail('the text has no end');
      bytes.push(...this.#character());
    }
    this.at++;
    return Uint8Array.from(bytes);
  }

  /** A rune literal such as 'a'. */
  rune(): bigint | undefined {
    this.skipSpace();
    if (!this.text.startsWith("'", this.at)) return undefined;
    this.at++;
    const bytes = Uint8Array.from(this.#character());
    this.expect("'");
    return BigInt(decodeRune(bytes, 0).rune ?? bytes[0] ?? 0);
  }

  #character(): Uint8Array | number[] {
    const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))/y;
    escape.lastIndex = this.at;
    const found = escape.exec(this.text);
    if (found === null) {
      const point = this.text.codePointAt(this.at) ?? 0;
      if (point === 0x5c) throw this.fail('there is no such escape');
      const char = String.fromCodePoint(point);
      this.at += char.length;
      return new TextEncoder().encode(char);
    }
    this.at += found[0].length;
    const [, byte, short, long, octal, single] = found;
    if (byte !== undefined) return [parseInt(byte, 16)];
    if (octal !== undefined) return [parseInt(octal, 8) & 255];
    if (single !== undefined) return [SINGLE[single] ?? single.charCodeAt(0)];
    const point = parseInt(short ?? long ?? '0', 16);
    if (point > 0x10ffff) throw this.fail('there is no such character');
    return new TextEncoder().encode(String.fromCodePoint(point));
  }
}

const SINGLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
