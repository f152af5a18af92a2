import { parseLiteral } from './literal.ts';
import { errorOf, Problem } from './problem.ts';
import type { Expression, IndexKey } from './syntax.ts';

/** A variable with its package's path and fields behind it: `github.com/x/y-z.Var.field`. */
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:[./~%@+-]+[\p{L}\p{N}_]+)*/uy;
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_]*/uy;
const CONVERSION = /\(\s*\*\s*([^()]+?)\s*\)\s*\(\s*(0x[0-9a-fA-F]+|\d+)\s*\)/y;
/** A map cannot be named so: its variable is a pointer to the header, which is what the address would be of. */
const MAP_CONVERSION = /\(\s*(map\[[^()]*?)\s*\)\s*\(\s*(0x[0-9a-fA-F]+|\d+)\s*\)/y;
const SYNTAX =
  'Like main.cache.sessions["k"].(*T).field, main.list[3], (*main.p).m or (*main.Cache)(0xc000012345).m.';
const SPACE = /\s*/y;
const MAX_LENGTH = 4096;
const MAX_DEPTH = 100;

/**
 * Reads an expression in Go's syntax: names with package paths, `.field`, `*p`, `x[3]`, `m["k"]`, `x.(*T)`,
 * parentheses, and `(*T)(0x…)` for what lies at an address. Error: `usage-expression`, with a caret.
 */
export function parseExpression(text: string): Expression {
  try {
    if (text.length > MAX_LENGTH) throw new Problem('usage-expression', 0, 'the expression is too long');
    const parser = new Parser(text);
    const expression = parser.unary();
    parser.expectEnd();
    return expression;
  } catch (error) {
    throw error instanceof Problem ? errorOf(error, text) : error;
  }
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `*x`, or an operand with what follows it. */
  unary(): Expression {
    if (++this.#depth > MAX_DEPTH) throw this.#problem('the expression is nested too deeply');
    this.#match(SPACE);
    const at = this.#at;
    if (!this.#take('*')) return this.#postfix(this.#operand());
    const of = this.unary();
    return { kind: 'deref', of, at };
  }

  expectEnd(): void {
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#problem(`"${this.#char()}" was not expected here`);
  }

  #operand(): Expression {
    const at = this.#at;
    const conversion = this.#match(CONVERSION);
    if (conversion !== undefined) {
      const [, type = '', value = ''] = conversion;
      return { kind: 'convert', type, value: BigInt(value), at };
    }
    const [, map, address] = this.#match(MAP_CONVERSION) ?? [];
    if (map !== undefined && address !== undefined)
      throw new Problem(
        'usage-expression',
        at,
        'an address is not converted to a map type here',
        `Give address and type apart: --address ${address} --type '${map}'`,
      );
    if (this.#take('(')) {
      const inner = this.unary();
      this.#match(SPACE);
      if (!this.#take(')')) throw this.#problem('")" is missing');
      return inner;
    }
    const name = this.#match(NAME);
    const dots = name?.[0].indexOf('..') ?? -1;
    if (dots >= 0)
      throw new Problem('usage-expression', at + dots + 1, 'a name was expected between the dots');
    if (name !== undefined) return { kind: 'name', text: name[0], at };
    throw this.#problem(at < this.#text.length ? 'a variable was expected here' : 'the expression ends here');
  }

  #postfix(operand: Expression): Expression {
    let of = operand;
    for (;;) {
      this.#match(SPACE);
      const at = this.#at;
      if (this.#take('[')) of = { kind: 'index', of, key: this.#key(), at };
      else if (this.#take('.')) of = this.#dot(of);
      else return of;
    }
  }

  #dot(of: Expression): Expression {
    this.#match(SPACE);
    const at = this.#at;
    if (this.#take('(')) {
      const type = this.#until(')', at).trim();
      if (type === '') throw this.#problem('a type was expected here');
      return { kind: 'assert', of, type, at };
    }
    const name = this.#match(IDENTIFIER)?.[0];
    if (name === undefined) throw this.#problem('a field was expected here');
    return { kind: 'selector', of, name, at };
  }

  /** What stands in brackets; the opening one has been taken. */
  #key(): IndexKey {
    const open = this.#at - 1;
    const start = this.#at;
    const inside = this.#until(']', open);
    const text = inside.trim();
    const at = start + inside.length - inside.trimStart().length;
    if (text === '') throw new Problem('usage-expression', at, 'an index or a key was expected here');
    const literal = parseLiteral(text);
    return { text, at, literal, expression: literal === undefined ? this.#inner(text, at) : undefined };
  }

  /** A key that may be an expression itself; for other syntax (a struct's literal) there is none. */
  #inner(text: string, at: number): Expression | undefined {
    const inner = new Parser(`${' '.repeat(at)}${text}`);
    inner.#depth = this.#depth;
    try {
      const expression = inner.unary();
      inner.expectEnd();
      return expression;
    } catch {
      return undefined;
    }
  }

  /** The text up to the closing bracket, which is passed; brackets and strings inside are skipped over. */
  #until(close: string, open: number): string {
    const start = this.#at;
    let nested = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#char();
      if (char === '"' || char === '`' || char === "'") this.#passString(char);
      else if (nested === 0 && char === close) {
        this.#at++;
        return this.#text.slice(start, this.#at - 1);
      } else if ('([{'.includes(char)) nested++;
      else if (')]}'.includes(char)) nested--;
    }
    throw new Problem('usage-expression', open, `"${close}" is missing for this`);
  }

  #passString(quote: string): void {
    const open = this.#at;
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      if (this.#char() === '\\' && quote !== '`') this.#at++;
      else if (this.#char() === quote) return;
    }
    throw new Problem('usage-expression', open, 'this string does not end');
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  #take(char: string): boolean {
    if (this.#char() !== char) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #problem(message: string): Problem {
    return new Problem('usage-expression', this.#at, message, SYNTAX);
  }
}
