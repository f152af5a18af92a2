import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMapsWithoutDebug } from '../../src/inspect/find/bare.ts';
import type { FoundMaps } from '../../src/inspect/find/found_map.ts';
import { parkedGoroutines } from '../../src/inspect/stack/goroutines.ts';
import { unwind } from '../../src/inspect/stack/unwind.ts';
import { startVars, type Vars } from './vars.ts';

describe.each(['1.18.10', '1.21.13', '1.22.12', '1.24.13', '1.26.8', '1.27.4'])(
  'a stripped program of Go %s',
  (version) => {
    let vars: Vars;
    let found: FoundMaps;

    beforeAll(async () => {
      vars = await startVars(version, 'stripped');
      found = findMapsWithoutDebug(vars.program);
    });
    afterAll(() => vars.stop());

    it('has maps that interfaces and code lead to, of the types that the program tells', () => {
      const told = new Map(
        vars.said.flatMap(({ header, type }) => (header === undefined ? [] : [[header, type] as const])),
      );
      const known = found.maps.filter((map) => told.has(map.header));
      expect(known.map((map) => [map.name, map.type.name])).toEqual(
        known.map((map) => [map.name, told.get(map.header)]),
      );
      const whatever = vars.said.find(({ expr }) => expr === 'main.whatever.(map[main.ID]bool)')!;
      const named = found.maps.find((map) => Number(map.header) === whatever.header);
      expect(named?.name).toMatch(/^(?:bss|data)\+0x[0-9a-f]+\.\(map\[main\.ID\]bool\)$/);
    });

    it.each([
      ['main.Cache2.sessions', /^(?:bss|data)\+0x[0-9a-f]+$/],
      ['main.cache.sessions', /^\*\((?:bss|data)\+0x[0-9a-f]+\)\+0x[0-9a-f]+$/],
      ['main.cache.Deep', /^\*\((?:bss|data)\+0x[0-9a-f]+\)\+0x[0-9a-f]+$/],
      ['main.plain', /^(?:bss|data)\+0x[0-9a-f]+$/],
      ['main.nested', /^(?:bss|data)\+0x[0-9a-f]+$/],
      ['main.structs', /^(?:bss|data)\+0x[0-9a-f]+$/],
    ])('has %s, which its code loads', (expr, name) => {
      const { header, type } = vars.said.find((said) => said.expr === expr)!;
      const map = found.maps.find((one) => Number(one.header) === header);
      expect([map?.name, map?.type.name]).toEqual([expect.stringMatching(name), type]);
    });

    it.skipIf(Number(version.split('.')[1]) < 22)('has what lies in a large object', () => {
      const { header, type } = vars.said.find((said) => said.expr === 'main.large.Inside')!;
      const map = found.maps.find((one) => Number(one.header) === header);
      expect([map?.name, map?.type.name]).toEqual([
        expect.stringMatching(/^bss\+0x[0-9a-f]+\.Inside$/),
        type,
      ]);
    });

    it('gives no map a type that it does not have', () => {
      for (const map of found.maps) expect(vars.program.types.map(map.type.descriptor!)).toBeDefined();
    });

    it('has goroutines whose stacks can be walked', () => {
      const names = [...parkedGoroutines(vars.program)].map((g) =>
        [...unwind(vars.program, g)].map((f) => f.function),
      );
      const parked = names.find((stack) => stack.includes('main.park'))!;
      expect(parked.at(-1)).toBe('runtime.goexit');
      expect(names.length).toBeGreaterThan(2);
    });
  },
);
