import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { buildGo } from '../support/go_build.ts';
import { inTurns, placesOf, raced, type Raced, racesOf, summaryOf } from './raced.ts';

/** Programs by name; those with a race are marked. */
const corpus = (program: string): { name: string; racy: boolean }[] =>
  execFileSync(program, ['list'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => ({ name: line.split(' ')[0] ?? '', racy: line.endsWith(' racy') }));

/** A racy program may end by its race before it is found: it is begun anew. */
const TRIES = 3;
/** Whether two goroutines meet hangs on the scheduler; that what is told is right does not. */
const LEAST_FOUND = 0.75;
const TO_FIND = ['--budget', '30%', '--duration', '10s', '--count', '1'];
const TO_BE_SILENT = ['--budget', '20%', '--duration', '3s'];

async function find(program: string, name: string): Promise<Raced> {
  let last = await raced(program, name, TO_FIND);
  for (let i = 1; i < TRIES && racesOf(last).length === 0; i++) last = await raced(program, name, TO_FIND);
  return last;
}

const program = buildGo('races');
const all = corpus(program);
const racy = all.filter((one) => one.racy).map((one) => one.name);
const right = all.filter((one) => !one.racy).map((one) => one.name);

it('the corpus is half right and half racy', () => {
  expect(racy.length).toBeGreaterThanOrEqual(15);
  expect(right.length).toBeGreaterThanOrEqual(15);
});

describe('mapaudit race', () => {
  it('finds racy programs by their lines, and tells no others', { timeout: 600_000 }, async () => {
    const wrong: string[] = [];
    const missed: string[] = [];
    await inTurns(racy, 4, async (name) => {
      const run = await find(program, name);
      const [race] = racesOf(run);
      if (race === undefined) missed.push(`${name}: not found ${run.said}`);
      else if (!placesOf(race).every((place) => run.sides.includes(place)))
        wrong.push(`${name}: ${placesOf(race).join(' and ')}, not of ${run.sides.join(' ')}`);
      else if (run.code !== 2) wrong.push(`${name}: exit code ${String(run.code)}`);
      else if (race.sides[0].goroutine?.id === race.sides[1].goroutine?.id)
        wrong.push(`${name}: one goroutine`);
    });
    expect(wrong).toEqual([]);
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual((1 - LEAST_FOUND) * racy.length);
  });

  it('is silent about each right program', { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    let watches = 0;
    await inTurns(right, 6, async (name) => {
      const run = await raced(program, name, TO_BE_SILENT);
      const summary = summaryOf(run);
      watches += summary.race?.watches ?? 0;
      const told = run.lines.filter(({ type }) => type === 'race' || type === 'writing');
      if (told.length > 0) wrong.push(`${name}: ${JSON.stringify(told)}`);
      if (run.code !== 0 || summary.races !== 0) wrong.push(`${name}: exit code ${String(run.code)}`);
    });
    expect(wrong).toEqual([]);
    expect(watches).toBeGreaterThan(100);
  });
});

describe.each(['1.18.10', '1.23.12', '1.24.13', '1.27.4'])('Go %s', (version) => {
  it('finds races of their kind, and none where there is none', async () => {
    const program = buildGo('races', version);
    const kinds = {
      'write-read': 'write/read',
      'write-iterate': 'write/iterate',
      'three-writers': 'write/write',
    };
    const found: string[] = [];
    await inTurns(Object.entries(kinds), 3, async ([name, kind]) => {
      const run = await find(program, name);
      const [race] = racesOf(run);
      if (race === undefined) return;
      found.push(name);
      expect(race.kind, name).toBe(kind);
      for (const place of placesOf(race)) expect(run.sides).toContain(place);
      expect(race.map.type).toMatch(/^map\[/);
    });
    expect(found.length, found.join(' ')).toBeGreaterThan(0);
    await inTurns(['mutex', 'rwmutex', 'copy-on-write', 'sync-map'], 4, async (name) => {
      expect(racesOf(await raced(program, name, TO_BE_SILENT)), name).toEqual([]);
    });
  });
});

describe('what is said besides', () => {
  it('maps under a lock are shared, not racy, and the budget is kept', async () => {
    const run = await raced(program, 'mutex', ['--budget', '5%', '--duration', '4s'], ['-busy']);
    const shared = run.lines.find((line) => line.type === 'shared');
    expect(shared?.goroutines).toBeGreaterThan(1);
    expect(shared?.sites.map((site) => site.op)).toContain('assign');
    const totals = summaryOf(run).race!;
    expect(totals.watches).toBeGreaterThan(0);
    expect(totals.waited_share).toBeLessThan(0.05 * 1.2);
  });

  it('--map leaves other maps alone', async () => {
    const run = await raced(program, 'write-write', ['--duration', '3s', '--map', 'NoSuchType']);
    expect([racesOf(run), summaryOf(run).race?.watches]).toEqual([[], 0]);
  });
});
