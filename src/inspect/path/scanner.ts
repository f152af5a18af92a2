import type { MapauditError } from '../../base/errors.ts';
import { type GoCharacter, goCharacter } from '../../model/go_character.ts';
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
      bytes.push(...this.#character().bytes);
    }
    this.at++;
    return Uint8Array.from(bytes);
  }

  /** A rune literal such as 'a'. */
  rune(): bigint | undefined {
    this.skipSpace();
    if (!this.text.startsWith("'", this.at)) return undefined;
    this.at++;
    const { rune } = this.#character();
    this.expect("'");
    return BigInt(rune);
  }

  #character(): GoCharacter {
    const char = goCharacter(this.text, this.at);
    if (char === undefined) throw this.fail('there is no such escape');
    this.at += char.length;
    return char;
  }
}
