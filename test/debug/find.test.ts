import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, mapHeader } from '../../src/inspect/expr/evaluate.ts';
import { packageScope } from '../../src/inspect/expr/scope.ts';
import { findMaps } from '../../src/inspect/find/find_maps.ts';
import type { FoundMap, FoundMaps } from '../../src/inspect/find/found_map.ts';
import type { Build } from '../support/go_build.ts';
import { startVars, type Vars } from './vars.ts';

const BUILDS: readonly (readonly [string, Build])[] = [
  ['1.18.10', 'default'], ['1.18.10', 'pie'],
  ['1.21.13', 'default'],
  ['1.24.13', 'default'], ['1.24.13', 'N'],
  ['1.26.8', 'default'], ['1.26.8', 'pie'],
  ['1.27.4', 'default'], ['1.27.4', 'cgo'], ['1.27.4', 'pie'],
]; // prettier-ignore

describe.each(BUILDS)('maps of a program of Go %s, %s', (version, build) => {
  let vars: Vars;
  let found: FoundMaps;
  const named = (name: string): FoundMap | undefined => found.maps.find((map) => map.name === name);

  beforeAll(async () => {
    vars = await startVars(version, build);
    found = findMaps(vars.program, vars.program.debug!);
  });
  afterAll(() => vars.stop());

  it('finds every map that the program tells of, of its type', () => {
    const told = vars.said.filter((said) => said.local === undefined && (said.header ?? 0) !== 0);
    expect(told.length).toBeGreaterThan(15);
    const byHeader = new Map(found.maps.map((map) => [Number(map.header), map.type.name]));
    expect(told.map((said) => [said.expr, byHeader.get(said.header!)])).toEqual(
      told.map((said) => [said.expr, said.type]),
    );
    expect(found.cuts).toEqual([]);
  });

  it('gives names that are expressions which lead to the same map', () => {
    const { program } = vars;
    const scope = packageScope(program, program.debug!);
    expect(found.maps.length).toBeGreaterThan(20);
    for (const map of found.maps) {
      const value = evaluate(map.name, { program, scope });
      expect([map.name, map.kind === 'map' ? mapHeader(value) : value.address]).toEqual([
        map.name,
        map.header,
      ]);
    }
  });

  it('names a map by its variable, and by the type that owns it with its lock', () => {
    expect(named('main.cache.sessions')?.owner).toEqual({
      type: 'main.Cache',
      field: 'sessions',
      lock: 'mu',
    });
    expect(named('main.plain')?.owner).toBeUndefined();
    expect(named('main.syncMap')?.kind).toBe('sync.Map');
    expect(named('main.value.v.(map[string]string)')).toBeDefined();
    expect(named('example.com/vars/store.v2.Main.items')?.owner).toEqual({
      type: 'store.Shelf',
      field: 'items',
      lock: 'RWMutex',
    });
  });

  it('says so when it stops at a limit', () => {
    const few = findMaps(vars.program, vars.program.debug!, { limits: { maps: 3 } });
    expect([few.maps.length, few.cuts]).toEqual([3, ['maps']]);
    expect(findMaps(vars.program, vars.program.debug!, { limits: { reads: 5 } }).cuts).toContain('reads');
  });
});
