import { describe, expect, it } from 'vitest';
import { buildGo } from '../support/go_build.ts';
import {
  corpusOf,
  expectBothWriters,
  expectBudget,
  expectFound,
  expectSilent,
  find,
  watchRight,
} from './corpus.ts';
import { inTurns, placesOf, racesOf } from './raced.ts';

const LEAST_FOUND = 0.75;
const program = buildGo('races');
const { racy, right } = corpusOf(program);

it('the corpus is half right and half racy', () => {
  expect(racy.length).toBeGreaterThanOrEqual(15);
  expect(right.length).toBeGreaterThanOrEqual(15);
});

/** That of the build hook: test/build/race.test.ts. */
describe.each(['kernel', 'inline'] as const)('mapaudit race --probe %s', (probe) => {
  it('finds racy programs by their lines, and tells no others', { timeout: 600_000 }, async () => {
    await expectFound({ program, probe }, racy, LEAST_FOUND);
  });

  it('is silent about each right program', { timeout: 300_000 }, async () => {
    await expectSilent({ program, probe }, right);
  });

  it('tells both writers of a map', async () => {
    await expectBothWriters({ program, probe });
  });

  it('says which maps are shared, keeps the budget, and leaves other maps alone', async () => {
    await expectBudget({ program, probe });
  });

  for (const version of ['1.18.10', '1.21.13', '1.23.12', '1.24.13', '1.27.4'])
    it(`with Go ${version}, tells the kinds of races, and none where there is none`, async () => {
      const watched = { program: buildGo('races', version), probe };
      const kinds = {
        'write-read': 'write/read',
        'write-iterate': 'write/iterate',
        'three-writers': 'write/write',
      };
      const found: string[] = [];
      await inTurns(Object.entries(kinds), 3, async ([name, kind]) => {
        const run = await find(watched, name);
        const [race] = racesOf(run);
        if (race === undefined) return;
        found.push(name);
        expect(race.kind, name).toBe(kind);
        for (const place of placesOf(race)) expect(run.sides).toContain(place);
        expect(race.map.type).toMatch(/^map\[/);
      });
      expect(found.length, found.join(' ')).toBeGreaterThan(0);
      const [halfLocked] = racesOf(await find(watched, 'getter'));
      for (const { op, caller, locks } of halfLocked?.sides ?? [])
        if (op === 'access') expect(locks).toEqual([]);
        // It stands two lines above the write.
        else expect(locks).toMatchObject([{ function: 'main.(*store).put', line: (caller?.line ?? 0) - 2 }]);
      await inTurns(['mutex', 'rwmutex', 'copy-on-write', 'sync-map'], 4, async (name) => {
        const run = await watchRight(watched, name);
        expect([run.code, racesOf(run)], `${name} ${run.said}`).toEqual([0, []]);
      });
    });
});
