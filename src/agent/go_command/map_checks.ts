import { MapauditError } from '../../base/errors.ts';
import type { GoCall } from './arguments.ts';

/** Our own flags of `mapaudit go test` and `run`: what the hook is to look for in the programs that are run. */
export const MAP_RACES = 'map-races';
export const MAP_LEAKS = 'map-leaks';

/** Verbs that run what they build. */
const VERBS = new Set(['test', 'run']);

/** Share of time that goes into waiting, in percent: go/hook/race.go.txt reads 1 to 90. */
const SHARE = { least: 1, most: 90 } as const;
/** Entries from which on a map that only grows is told. */
const ENTRIES = { least: 100, most: 1_000_000_000 } as const;

/**
 * What MAPAUDIT must say for the flags of this call; undefined when there are none. What it says already, stays.
 * Errors: `usage-map-races`, `usage-map-leaks`.
 */
export function mapChecksOf({ verb, flags }: GoCall, already: string | undefined): string | undefined {
  if (verb === undefined) return undefined;
  if (!VERBS.has(verb) || flags.some(({ name, value }) => name === 'c' && value !== 'false')) {
    refuseFlags(verb, flags);
    return undefined;
  }
  const wishes = [wish(MAP_RACES, raceWish, flags), wish(MAP_LEAKS, leakWish, flags)].filter(
    (one) => one !== undefined,
  );
  if (wishes.length === 0) return undefined;
  return [...(already === undefined || already === '' ? [] : [already]), ...wishes].join(',');
}

/** A build that runs nothing cannot look for anything. */
function refuseFlags(verb: string, flags: GoCall['flags']): void {
  const name = [MAP_RACES, MAP_LEAKS].find((one) => wish(one, () => one, flags) !== undefined);
  if (name === undefined) return;
  throw new MapauditError(
    `usage-${name}`,
    `--${name} is for programs that are run, and this go ${verb} runs none`,
    {
      hint: 'Start what is built with MAPAUDIT=races,leaks in its environment, or use mapaudit go test or run.',
    },
  );
}

/** The last one counts, as for flags of the go command. */
function wish(name: string, of: (value: string) => string, flags: GoCall['flags']): string | undefined {
  const flag = flags.findLast((one) => one.name === name);
  if (flag === undefined || flag.value === 'false') return undefined;
  return of(flag.value === undefined || flag.value === 'true' ? '' : flag.value);
}

function raceWish(value: string): string {
  if (value === '') return 'races';
  const share = wholeNumber(value.replace(/%$/, ''), SHARE);
  if (share === undefined)
    throw new MapauditError('usage-map-races', `--map-races=${value} is no share of time`, {
      hint: `Between ${SHARE.least}% and ${SHARE.most}%: --map-races=50%. Without one: 25%.`,
    });
  return `races=${share}`;
}

function leakWish(value: string): string {
  if (value === '') return 'leaks';
  const entries = wholeNumber(value, ENTRIES);
  if (entries === undefined)
    throw new MapauditError('usage-map-leaks', `--map-leaks=${value} is no number of entries`, {
      hint: `From ${ENTRIES.least} on: --map-leaks=5000. Without one: 1000.`,
    });
  return `leaks=${entries}`;
}

function wholeNumber(text: string, { least, most }: { least: number; most: number }): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : undefined;
}
