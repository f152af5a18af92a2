import { describe, expect, it } from 'vitest';
import {
  corpusOf,
  expectBothWriters,
  expectBudget,
  expectFound,
  expectSilent,
  find,
  watchRight,
} from '../race/corpus.ts';
import { inTurns, placesOf, raced, racesOf } from '../race/raced.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';

/** Of each kind one; all of the corpus with MAPAUDIT_TEST_BUILDS=all. */
const RACY = ['write-write', 'write-read', 'write-iterate', 'write-clear', 'write-under-rlock', 'getter'];
const RIGHT = ['mutex', 'rwmutex', 'copy-on-write', 'sync-map', 'hand-over', 'stack-maps', 'address-reuse'];
const LEAST_FOUND = 2 / 3;
const hooked = (version?: string) => ({ program: buildHooked('races', version), probe: 'build' }) as const;

describe('mapaudit race through the build hook', () => {
  it('finds racy programs by their lines, and tells no others', { timeout: 600_000 }, async () => {
    const watched = hooked();
    await expectFound(watched, fewOrAll(RACY, corpusOf(watched.program).racy), LEAST_FOUND);
  });

  it('is silent about right programs', { timeout: 300_000 }, async () => {
    const watched = hooked();
    await expectSilent(watched, fewOrAll(RIGHT, corpusOf(watched.program).right));
  });

  it('tells both writers of a map', async () => {
    await expectBothWriters(hooked());
  });

  it('keeps the budget, tells of shared maps, and leaves types alone that nobody asked for', async () => {
    await expectBudget(hooked());
  });

  it('by the inline probe all the same', async () => {
    const { program } = hooked();
    const args = ['--probe', 'inline', '--duration', '2s'];
    const { said, code } = await raced(program, 'mutex', args);
    expect([code, said]).toEqual([0, '']);
  });

  for (const version of fewOrAll(['1.18.10'], ['1.18.10', '1.21.13', '1.24.13', '1.27.4']))
    it(`with Go ${version}`, { timeout: 300_000 }, async () => {
      const watched = hooked(version);
      const found: string[] = [];
      await inTurns(['write-read', 'three-writers', 'write-under-rlock'], 3, async (name) => {
        const run = await find(watched, name);
        for (const race of racesOf(run)) {
          found.push(name);
          for (const place of placesOf(race)) expect(run.sides).toContain(place);
        }
      });
      expect(found.length).toBeGreaterThan(0);
      await inTurns(['mutex', 'copy-on-write'], 2, async (name) =>
        expect(racesOf(await watchRight(watched, name)), name).toEqual([]),
      );
    });
});
