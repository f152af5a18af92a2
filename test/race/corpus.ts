import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { inTurns, placesOf, raced, type Raced, racesOf, summaryOf } from './raced.ts';

/** Names of the programs in test/programs/races. */
export interface Corpus {
  readonly racy: readonly string[];
  readonly right: readonly string[];
}

export function corpusOf(program: string): Corpus {
  const lines = execFileSync(program, ['list'], { encoding: 'utf8' }).trim().split('\n');
  const named = (racy: boolean): string[] =>
    lines.filter((line) => line.endsWith(' racy') === racy).map((line) => line.split(' ')[0] ?? '');
  return { racy: named(true), right: named(false) };
}

/** A racy program may end by its race before it is found: it is begun anew. */
const TRIES = 3;
const TO_FIND = ['--budget', '30%', '--duration', '10s', '--count', '1'];
const TO_BE_SILENT = ['--budget', '20%', '--duration', '3s'];

/** A program, and the probe by which it is watched. */
export interface Watched {
  readonly program: string;
  readonly probe: 'kernel' | 'inline' | 'build';
}

export const probeOf = ({ probe }: Watched): string[] => ['--probe', probe];

export async function find(watched: Watched, name: string): Promise<Raced> {
  const args = [...TO_FIND, ...probeOf(watched)];
  let last = await raced(watched.program, name, args);
  for (let i = 1; i < TRIES && racesOf(last).length === 0; i++)
    last = await raced(watched.program, name, args);
  return last;
}

/** A right program, for some seconds. */
export const watchRight = (watched: Watched, name: string): Promise<Raced> =>
  raced(watched.program, name, [...TO_BE_SILENT, ...probeOf(watched)]);

/** Racy programs are told by their lines; whether two goroutines meet hangs on the scheduler, so some may be missed. */
export async function expectFound(
  watched: Watched,
  racy: readonly string[],
  leastShare: number,
): Promise<void> {
  const wrong: string[] = [];
  const missed: string[] = [];
  await inTurns(racy, 4, async (name) => {
    const run = await find(watched, name);
    const [race] = racesOf(run);
    if (race === undefined) missed.push(`${name}: not found ${run.said}`);
    else if (!placesOf(race).every((place) => run.sides.includes(place)))
      wrong.push(`${name}: ${placesOf(race).join(' and ')}, not of ${run.sides.join(' ')}`);
    else if (race.sides[0].goroutine?.id === race.sides[1].goroutine?.id)
      wrong.push(`${name}: one goroutine`);
    else if (run.code !== 2 || race.map.type?.startsWith('map[') !== true)
      wrong.push(`${name}: exit code ${String(run.code)}, ${String(race.map.type)}`);
  });
  expect(wrong).toEqual([]);
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual((1 - leastShare) * racy.length);
}

/** Nothing is told of right programs, which were watched all the same. */
export async function expectSilent(watched: Watched, right: readonly string[]): Promise<void> {
  const wrong: string[] = [];
  let watches = 0;
  await inTurns(right, 5, async (name) => {
    const run = await watchRight(watched, name);
    const summary = summaryOf(run);
    watches += summary.race?.watches ?? 0;
    const told = run.lines.filter(({ type }) => type === 'race' || type === 'writing');
    if (told.length > 0 || run.code !== 0 || summary.races !== 0)
      wrong.push(`${name}: exit code ${String(run.code)} ${JSON.stringify(told)} ${run.said}`);
  });
  expect(wrong).toEqual([]);
  expect(watches).toBeGreaterThan(100);
}

/** Both writers of a map are told, also where one of the two has its turn once in a while. */
export async function expectBothWriters(watched: Watched): Promise<void> {
  const run = await raced(watched.program, 'seldom', ['--duration', '2s', ...probeOf(watched)], ['-busy']);
  const shared = run.lines.find((line) => line.type === 'shared');
  expect([shared?.goroutines, shared?.sites.map(({ op, goroutines }) => [op, goroutines])]).toEqual([
    2,
    [['assign', 2]],
  ]);
}

/** Maps under a lock are shared and not racy, the budget is kept, and types that nobody asked for are left alone. */
export async function expectBudget(watched: Watched): Promise<void> {
  const args = ['--budget', '5%', '--duration', '4s', ...probeOf(watched)];
  const run = await raced(watched.program, 'mutex', args, ['-busy']);
  const shared = run.lines.find((line) => line.type === 'shared');
  expect(shared?.goroutines).toBeGreaterThan(1);
  expect(shared?.sites.map((site) => site.op)).toContain('assign');
  const totals = summaryOf(run).race!;
  expect(totals.watches).toBeGreaterThan(0);
  expect(totals.operations).toBeGreaterThan(1000);
  // All but the longest wait: who waits may be kept from its processor for as long as the machine likes.
  const counted = totals.waited_ms / (totals.waited_share ?? NaN);
  expect((totals.waited_ms - totals.longest_wait_us / 1e3) / counted).toBeLessThan(0.05 * 1.2);
  const other = ['--duration', '3s', '--map', 'NoSuchType', ...probeOf(watched)];
  const none = await raced(watched.program, 'write-write', other);
  expect([racesOf(none), summaryOf(none).race?.watches]).toEqual([[], 0]);
}
