import { describe, expect, it } from 'vitest';
import { MapauditError } from '../../base/errors.ts';
import { parseLiteral } from './literal.ts';
import { parseExpression } from './parse.ts';
import type { Expression } from './syntax.ts';

/** An expression as text with all its structure. */
function shape(node: Expression): string {
  switch (node.kind) {
    case 'name':
      return node.text;
    case 'selector':
      return `${shape(node.of)} . ${node.name}`;
    case 'deref':
      return `*{${shape(node.of)}}`;
    case 'index': {
      const { literal, expression, text } = node.key;
      const key =
        literal === undefined ? (expression === undefined ? `raw ${text}` : shape(expression)) : literal.kind;
      return `${shape(node.of)} [${key}]`;
    }
    case 'assert':
      return `${shape(node.of)} (${node.type})`;
    case 'convert':
      return `${node.type} at ${node.value}`;
  }
}

function failure(text: string): MapauditError {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof MapauditError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('expressions', () => {
  it.each([
    ['main.cache.sessions', 'main.cache.sessions'],
    ['github.com/x-y/z.v2.Var.field', 'github.com/x-y/z.v2.Var.field'],
    ['*p', '*{p}'],
    ['**main.p.q', '*{*{main.p.q}}'],
    ['(*main.p).q', '*{main.p} . q'],
    ['*main.p[3]', '*{main.p [int]}'],
    ['m["k]"].x', 'm [string] . x'],
    ['m[`a\\`][-1].y', 'm [string] [int] . y'],
    ["m['x']", 'm [int]'],
    ['m[1.5][true]', 'm [float] [bool]'],
    ['m[main.index].x', 'm [main.index] . x'],
    ['m[n[1]]', 'm [n [int]]'],
    ['m[main.Key{A: 1, B: "]"}]', 'm [raw main.Key{A: 1, B: "]"}]'],
    ['x.(*main.T).y', 'x (*main.T) . y'],
    ['x.(map[string]func(int) bool)["k"]', 'x (map[string]func(int) bool) [string]'],
    ['(*main.T)(0xc000012340).f', 'main.T at 824633795392 . f'],
    [' a . b [ 1 ] ', 'a . b [int]'],
    ['größe.länge', 'größe.länge'],
  ])('reads %s', (text, expected) => {
    expect(shape(parseExpression(text))).toBe(expected);
  });

  it.each([
    ['', 0, 'ends here'],
    ['main.x[', 6, '"]" is missing'],
    ['main.x[]', 7, 'an index or a key was expected'],
    ['(main.x', 7, '")" is missing'],
    ['main.x)', 6, '")" was not expected'],
    ['main.x["a]', 7, 'this string does not end'],
    ['x.(*main.T', 2, '")" is missing'],
    ['x[1].', 5, 'a field was expected'],
    ['3x', 0, 'a variable was expected'],
  ])('points at what is wrong in %s', (text, at, message) => {
    const error = failure(text);
    expect(error.code).toBe('usage-expression');
    expect(error.message).toContain(message);
    expect(error.fields).toMatchObject({ position: at });
    expect(error.message.split('\n').slice(1)).toEqual([`    ${text}`, `    ${' '.repeat(at)}^`]);
  });

  it('refuses what is nested without end', () => {
    expect(failure('('.repeat(3000)).message).toContain('nested too deeply');
    expect(failure('m['.repeat(1300)).code).toBe('usage-expression');
    expect(failure('x'.repeat(5000)).message).toContain('too long');
  });
});

describe('constants', () => {
  it.each([
    ['"a\\n\\x41\\101\\u00e9\\""', { kind: 'string', value: 'a\nAA\xc3\xa9"' }],
    ['`raw\\n`', { kind: 'string', value: 'raw\\n' }],
    ['"é"', { kind: 'string', value: '\xc3\xa9' }],
    ['-42', { kind: 'int', value: -42n }],
    ['0x_ff', { kind: 'int', value: 255n }],
    ['017', { kind: 'int', value: 15n }],
    ['0b101', { kind: 'int', value: 5n }],
    ['18446744073709551615', { kind: 'int', value: 18446744073709551615n }],
    ["'é'", { kind: 'int', value: 233n }],
    ["'\\n'", { kind: 'int', value: 10n }],
    ['-1.5e3', { kind: 'float', value: -1500 }],
    ['false', { kind: 'bool', value: false }],
  ])('reads %s', (text, expected) => {
    expect(parseLiteral(text)).toEqual(expected);
  });

  it.each(['"', "'ab'", "''", '"a"b"', '"\\q"', 'main.x', '1x', '08'])('leaves %s', (text) => {
    expect(parseLiteral(text)).toBeUndefined();
  });
});

it('two dots have no name between them', () => {
  expect(() => parseExpression('main..x')).toThrow('a name was expected between the dots');
});

it('an address stays what was typed, however large', () => {
  expect(parseExpression('(*main.T)(0xffffffffffffffff)')).toMatchObject({ value: 0xffff_ffff_ffff_ffffn });
});
