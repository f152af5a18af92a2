import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, mapHeader } from '../../src/inspect/expr/evaluate.ts';
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
