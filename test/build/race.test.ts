import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { inTurns, placesOf, raced, racesOf, summaryOf } from '../race/raced.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';

const TO_FIND = ['--budget', '30%', '--duration', '10s', '--count', '1'];
const TO_BE_SILENT = ['--budget', '20%', '--duration', '3s'];
/** A racy program may end by its race before it is found, and two that never meet are not found: as for the kernel probe. */
const TRIES = 3;

/** Of each kind one; all of the corpus with MAPAUDIT_TEST_BUILDS=all. */
const RACY = ['write-write', 'write-read', 'write-iterate', 'write-clear', 'write-under-rlock', 'getter'];
const RIGHT = ['mutex', 'rwmutex', 'copy-on-write', 'sync-map', 'hand-over', 'stack-maps', 'address-reuse'];

function corpus(program: string): { racy: readonly string[]; right: readonly string[] } {
  const lines = execFileSync(program, ['list'], { encoding: 'utf8' }).trim().split('\n');
  const named = (racy: boolean): string[] =>
    lines.filter((line) => line.endsWith(' racy') === racy).map((line) => line.split(' ')[0] ?? '');
  return { racy: fewOrAll(RACY, named(true)), right: fewOrAll(RIGHT, named(false)) };
}

describe('mapaudit race through the build hook', () => {
  it('finds racy programs by their lines, and tells no others', { timeout: 600_000 }, async () => {
    const program = buildHooked('races');
    const wrong: string[] = [];
    const missed: string[] = [];
    const { racy } = corpus(program);
    await inTurns(racy, 3, async (name) => {
      let run = await raced(program, name, TO_FIND);
      for (let i = 1; i < TRIES && racesOf(run).length === 0; i++) run = await raced(program, name, TO_FIND);
      const [race] = racesOf(run);
      if (race === undefined) missed.push(`${name} ${run.said}`);
      else if (!placesOf(race).every((place) => run.sides.includes(place)))
        wrong.push(`${name}: ${placesOf(race).join(' and ')}, not of ${run.sides.join(' ')}`);
      else if (race.sides[0].goroutine?.id === race.sides[1].goroutine?.id)
        wrong.push(`${name}: one goroutine`);
      else if (run.code !== 2 || race.map.type?.startsWith('map[') !== true)
        wrong.push(`${name}: ${String(run.code)} ${String(race.map.type)}`);
    });
    expect(wrong).toEqual([]);
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(racy.length / 3);
  });

  it('is silent about right programs', { timeout: 300_000 }, async () => {
    const program = buildHooked('races');
    const wrong: string[] = [];
    let watches = 0;
    await inTurns(corpus(program).right, 4, async (name) => {
      const run = await raced(program, name, TO_BE_SILENT);
      watches += run.lines.find((line) => line.type === 'summary')?.race?.watches ?? 0;
      const told = run.lines.filter(({ type }) => type === 'race' || type === 'writing');
      if (told.length > 0 || run.code !== 0)
        wrong.push(`${name}: ${String(run.code)} ${JSON.stringify(told)} ${run.said}`);
    });
    expect(wrong).toEqual([]);
    expect(watches).toBeGreaterThan(100);
  });

  it('keeps the budget, tells of shared maps, and leaves types alone that nobody asked for', async () => {
    const program = buildHooked('races');
    const run = await raced(program, 'mutex', ['--budget', '5%', '--duration', '4s'], ['-busy']);
    expect(run.lines.find((line) => line.type === 'shared')?.goroutines).toBeGreaterThan(1);
    const totals = summaryOf(run).race!;
    expect(totals.watches).toBeGreaterThan(0);
    expect(totals.operations).toBeGreaterThan(1000);
    expect(totals.waited_share).toBeLessThan(0.05 * 1.2);
    const none = await raced(program, 'write-write', ['--duration', '2s', '--map', 'NoSuchType']);
    expect([racesOf(none), summaryOf(none).race?.watches]).toEqual([[], 0]);
  });

  it('is no affair of the inline probe', async () => {
    const { said, code } = await raced(buildHooked('races'), 'mutex', [
      '--probe',
      'inline',
      '--duration',
      '1s',
    ]);
    expect([code, said]).toEqual([1, expect.stringContaining('inline-impossible')]);
  });

  for (const version of fewOrAll(['1.18.10'], ['1.18.10', '1.21.13', '1.24.13', '1.27.4']))
    it(`with Go ${version}`, { timeout: 300_000 }, async () => {
      const program = buildHooked('races', version);
      const found: string[] = [];
      await inTurns(['write-read', 'three-writers', 'write-under-rlock'], 3, async (name) => {
        const run = await raced(program, name, TO_FIND);
        for (const race of racesOf(run)) {
          found.push(name);
          for (const place of placesOf(race)) expect(run.sides).toContain(place);
        }
      });
      expect(found.length).toBeGreaterThan(0);
      await inTurns(['mutex', 'copy-on-write'], 2, async (name) =>
        expect(racesOf(await raced(program, name, TO_BE_SILENT)), name).toEqual([]),
      );
    });
});
