import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goroutineFields } from '../../src/go/versions/goroutine_fields.ts';
import { evaluate, mapHeader } from '../../src/inspect/expr/evaluate.ts';
import { findMaps } from '../../src/inspect/find/find_maps.ts';
import { findField, wordOf } from '../../src/inspect/place/place.ts';
import { parkedGoroutines } from '../../src/inspect/stack/goroutines.ts';
import { frameScope } from '../../src/inspect/stack/frame_scope.ts';
import { frameLocals } from '../../src/inspect/stack/locals.ts';
import { type StackFrame, unwind } from '../../src/inspect/stack/unwind.ts';
import type { Build } from '../support/go_build.ts';
import { startVars, type Vars } from './vars.ts';

const BUILDS: readonly (readonly [string, Build])[] = [
  ['1.18.10', 'default'], ['1.18.10', 'N'],
  ['1.21.13', 'default'], ['1.21.13', 'pie'],
  ['1.24.13', 'default'], ['1.24.13', 'N'],
  ['1.26.8', 'default'], ['1.26.8', 'pie'], ['1.26.8', 'N'],
  ['1.27.4', 'default'], ['1.27.4', 'cgo'], ['1.27.4', 'N'],
]; // prettier-ignore

describe.each(BUILDS)('stacks of a program of Go %s, %s', (version, build) => {
  let vars: Vars;
  let stacks: readonly (readonly StackFrame[])[];

  beforeAll(async () => {
    vars = await startVars(version, build);
    stacks = [...parkedGoroutines(vars.program)].map((g) => [...unwind(vars.program, g)]);
  });
  afterAll(() => vars.stop());

  it('walks each stack to its outermost function', () => {
    expect(stacks.length).toBeGreaterThan(2);
    for (const frames of stacks) expect(frames.at(-1)?.function).toBe('runtime.goexit');
    const names = stacks.map((frames) => frames.map((frame) => frame.function));
    const parked = names.find((stack) => stack.includes('main.park'))!;
    expect(parked.slice(parked.indexOf('main.deeper')).slice(0, 3)).toEqual([
      'main.deeper',
      'main.park',
      expect.stringMatching(/^main\.main\.func/),
    ]);
  });

  it('finds the local variables that the program tells of', () => {
    const { program, said } = vars;
    const told = said.filter((one) => one.local !== undefined);
    expect(told.length).toBe(4);
    const locals = stacks.flat().filter((frame) => frame.function.startsWith('main.'));
    const values = locals.flatMap((frame) => frameLocals(program, program.debug!, frame));
    for (const one of told) {
      const found = values.filter(({ variable }) => variable.name === one.local);
      const headers = found.map(({ place, variable }) => [
        variable.type.name,
        place === undefined ? undefined : wordOf(place, 0),
      ]);
      expect([one.local, headers]).toEqual([one.local, [[one.type, one.header]]]);
    }
  });

  it('finds the maps that only local variables lead to, and says whose they are', () => {
    const { program, said } = vars;
    const { maps } = findMaps(program, program.debug!, { stacks: true });
    for (const one of said.filter(({ local }) => local !== undefined)) {
      const map = maps.find(({ header }) => Number(header) === one.header);
      expect([one.local, map?.type.name]).toEqual([one.local, one.type]);
      expect(map?.where?.function).toMatch(/^main\.(?:park|deeper|main\.func)/);
      expect(map?.where?.file).toMatch(/main\.go$/);
      expect(map?.where?.goroutine).toBeGreaterThan(1);
    }
  });

  it('evaluates expressions in a frame', () => {
    const { program, said } = vars;
    const frame = stacks.flat().find((one) => one.function === 'main.park')!;
    const scope = frameScope(program, program.debug!, frame);
    const local = said.find((one) => one.local === 'local')!;
    expect(mapHeader(evaluate('local', { program, scope }))).toBe(local.header);
    const plain = said.find((one) => one.expr === 'main.plain')!;
    expect(mapHeader(evaluate('plain', { program, scope }))).toBe(plain.header);
    expect(() => evaluate('loca', { program, scope })).toThrow(/there is no variable loca\n/);
  });

  it('knows the fields of runtime.g', () => {
    const fields = goroutineFields(vars.program.binary.version);
    const g = vars.program.debug!.typeNamed('runtime.g')!;
    const offset = (...path: string[]): number =>
      path.reduce(
        ({ type, at }, name) => {
          const field = findField(type, name)!.path.at(-1)!;
          return { type: field.type, at: at + field.offset };
        },
        { type: g, at: 0 },
      ).at;
    expect(fields).toMatchObject({
      stackLo: offset('stack', 'lo'),
      stackHi: offset('stack', 'hi'),
      schedSp: offset('sched', 'sp'),
      schedPc: offset('sched', 'pc'),
      schedG: offset('sched', 'g'),
      syscallSp: offset('syscallsp'),
      syscallPc: offset('syscallpc'),
      status: offset('atomicstatus'),
      goid: offset('goid'),
    });
  });
});
