import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MapauditError } from '../../src/base/errors.ts';
import { evaluate, mapHeader, type MapLookup, type TypedKey } from '../../src/inspect/expr/evaluate.ts';
import { packageScope } from '../../src/inspect/expr/scope.ts';
import { type Place, sliceOf } from '../../src/inspect/place/place.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import type { Build } from '../support/go_build.ts';
import { startVars, type Vars } from './vars.ts';

const BUILDS: readonly (readonly [string, Build])[] = [
  ['1.18.10', 'default'], ['1.18.10', 'N'], ['1.18.10', 'cgo'], ['1.18.10', 'pie'],
  ['1.21.13', 'default'], ['1.21.13', 'pie'],
  ['1.24.13', 'default'], ['1.24.13', 'cgo'], ['1.24.13', 'N'],
  ['1.26.8', 'default'], ['1.26.8', 'pie'], ['1.26.8', 'cgo'], ['1.26.8', 'N'],
  ['1.27.4', 'default'], ['1.27.4', 'pie'], ['1.27.4', 'cgo'], ['1.27.4', 'N'],
]; // prettier-ignore

/** What the program prints of a value, read from outside. */
function textOf(program: Program, place: Place): string {
  if (place.type.kind === 'string') {
    const { data, length } = sliceOf(place)!;
    return new TextDecoder().decode(program.memory.read(data, length));
  }
  const bytes = place.read(0, place.type.size)!;
  const hex = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  return String(BigInt.asIntN(place.type.size * 8, BigInt(`0x${hex.join('')}`)));
}

/** The error of an expression: its code, its first line, the caret's column, its hint. */
function failure(value: (text: string) => unknown, text: string): unknown[] {
  try {
    value(text);
  } catch (error) {
    if (!(error instanceof MapauditError)) throw error;
    const [first, expression, caret = ''] = error.message.split('\n');
    expect(expression).toBe(`    ${text}`);
    return [error.code, first, caret.length - 5, error.hint];
  }
  return ['none'];
}

describe('expressions that lead nowhere', () => {
  let vars: Vars;
  const keys: TypedKey[] = [];
  let value: (text: string) => ReturnType<typeof evaluate>;

  beforeAll(async () => {
    vars = await startVars('1.26.8', 'default');
    const { program } = vars;
    const scope = packageScope(program, program.debug!);
    const bob = evaluate('main.cache.list[2]', { program, scope });
    const lookup: MapLookup = (map, key) => {
      keys.push(key);
      return key.text === '"b"' && map.type.name === 'map[string]*main.Session' ? bob : undefined;
    };
    value = (text) => evaluate(text, { program, scope, lookup });
  });
  afterAll(() => vars.stop());

  it.each([
    [
      'main.cahce.sessions',
      'no-such-variable',
      'there is no variable main.cahce.sessions',
      0,
      /Did you mean main.cache\?/,
    ],
    ['main.cache.sesions', 'no-such-field', 'main.Cache has no field sesions', 11, /Did you mean sessions\?/],
    ['main.cache.Next.Next.Next.User', 'nil-pointer', 'main.cache.Next.Next is nil', 21, undefined],
    ['main.cache.missing.User', 'nil-pointer', 'main.cache.missing is nil', 19, undefined],
    ['main.cache.list[1].User', 'nil-pointer', 'main.cache.list[1] is nil', 19, undefined],
    ['main.cache.list[3]', 'index-out-of-range', 'main.cache.list has 3 elements', 16, undefined],
    [
      'main.cache.list["a"]',
      'usage-expression',
      'an index of a slice or an array is a whole number',
      16,
      undefined,
    ],
    ['main.number[1]', 'not-a-map', 'main.number is no map, slice or array but an int64', 11, undefined],
    ['*main.number', 'not-a-pointer', 'main.number is no pointer but an int64', 0, undefined],
    ['main.number.x', 'no-such-field', 'main.number is no struct but an int64', 12, undefined],
    [
      'main.cache.any.x',
      'no-such-field',
      'main.cache.any is no struct but an interface {}',
      15,
      /It holds a map\[string\]float32: main.cache.any.\(map\[string\]float32\)$/,
    ],
    ['main.number.(int)', 'not-an-interface', 'main.number is no interface but an int64', 12, undefined],
    [
      'main.cache.visitor.(*main.Cache)',
      'wrong-type',
      'main.cache.visitor holds a *main.Session, not *main.Cache',
      19,
      /main.cache.visitor.\(\*main.Session\)/,
    ],
    ['main.cache.empty["k"]', 'nil-map', 'main.cache.empty is a nil map', 16, undefined],
    ['main.cache.sessions["z"]', 'no-such-key', 'main.cache.sessions has no such key', 20, undefined],
    ['(*main.Nothing)(0x1000)', 'no-such-type', 'there is no type main.Nothing', 0, undefined],
    [
      '(*main.Cache)(0x1000).list[0]',
      'unreadable-memory',
      'the program has no memory at 0x1000',
      0,
      /Addresses of values/,
    ],
  ])('%s', (text, code, message, column, hint) => {
    const [foundCode, foundMessage, foundColumn, foundHint] = failure(value, text);
    expect([foundCode, foundMessage, foundColumn]).toEqual([code, message, column]);
    if (hint === undefined) expect(foundHint).toBeUndefined();
    else expect(foundHint).toMatch(hint);
  });

  it('gives keys to who looks them up, as they were typed and as values', () => {
    expect(value('main.cache.sessions["b"].User').name).toBe('main.cache.sessions["b"].User');
    expect(keys.at(-1)).toMatchObject({ text: '"b"', place: undefined });
    expect(failure(value, 'main.plain[main.index]')[0]).toBe('no-such-key');
    expect(keys.at(-1)?.place?.type.name).toBe('int');
    expect(failure(value, 'main.plain[main.K{A: 1}]')[0]).toBe('no-such-key');
    expect(keys.at(-1)).toMatchObject({ text: 'main.K{A: 1}', place: undefined });
  });
});

describe.each(BUILDS)('expressions over a program of Go %s, %s', (version, build) => {
  let vars: Vars;
  let value: (text: string) => ReturnType<typeof evaluate>;

  beforeAll(async () => {
    vars = await startVars(version, build);
    const { program } = vars;
    const scope = packageScope(program, program.debug!);
    value = (text) => evaluate(text, { program, scope });
  });
  afterAll(() => vars.stop());

  it('finds all that the program tells of, where it tells it, of the type that it tells', () => {
    const told = vars.said.filter((said) => said.expr !== '');
    expect(told.length).toBeGreaterThan(40);
    for (const said of told) {
      const found = value(said.expr);
      expect([said.expr, found.type.name]).toEqual([said.expr, said.type]);
      if (said.addr !== 0) expect([said.expr, found.address]).toEqual([said.expr, said.addr]);
      if (said.desc !== 0) expect([said.expr, found.type.descriptor]).toEqual([said.expr, said.desc]);
      if (said.type.startsWith('map['))
        expect([said.expr, mapHeader(found)]).toEqual([said.expr, said.header ?? 0]);
      if (said.text !== undefined) expect(textOf(vars.program, found)).toBe(said.text);
    }
  });

  it('finds what lies at an address of a type', () => {
    const { addr } = vars.said.find((said) => said.expr === '*main.cache')!;
    const found = value(`(*main.Cache)(0x${addr.toString(16)}).sessions`);
    expect(found.address).toBe(value('main.cache.sessions').address);
    expect(found.type.name).toBe('map[string]*main.Session');
  });
});
