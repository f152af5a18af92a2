import type { InspectedHeld, InspectedMap, InspectedSizes, InspectedSpread } from '../../protocol/inspect.ts';
import { bytes, counted, grouped } from '../../protocol/text/numbers.ts';

type Fact = readonly [string, string];

const PARTS: readonly (readonly [keyof InspectedSizes, string])[] = [
  ['buckets', 'buckets'],
  ['old_buckets', 'old buckets'],
  ['overflow', 'overflow buckets'],
  ['groups', 'groups'],
  ['tables', 'tables'],
  ['directory', 'directory'],
  ['indirect', 'keys and values outside of their slots'],
];
/** Fewer bytes are not worth a word. */
const LITTLE = 0.02;

/** What is said of a map's memory, and of how its keys are spread. */
export function sizeFacts({ bytes: all, sizes, held, spread }: InspectedMap): readonly Fact[] {
  return [
    ['memory', memoryText(all, sizes)],
    ...(sizes === undefined ? [] : [['fresh', freshText(all, sizes)] as const]),
    ...(held === undefined ? [] : [['held', heldText(held)] as const]),
    ...(spread === undefined ? [] : spreadFacts(spread)),
  ];
}

function memoryText(all: number, sizes: InspectedSizes | undefined): string {
  const parts = PARTS.flatMap(([part, name]) => {
    const n = sizes?.[part];
    return typeof n === 'number' ? [`${name} ${bytes(n)}`] : [];
  });
  const of = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `${bytes(all)} without what keys and values refer to${of}`;
}

function freshText(all: number, { fresh, waste }: InspectedSizes): string {
  const grown =
    Math.abs(fresh.grown - fresh.make) > LITTLE * fresh.make
      ? `, grown by inserts ${bytes(fresh.grown)}`
      : '';
  const made = `a new map of as many entries would take ${bytes(fresh.make)}${grown}`;
  if (waste <= LITTLE * all) return `${made}: nothing is wasted`;
  return `${made}: ${bytes(waste)} are wasted (${((100 * waste) / all).toFixed(0)} %)`;
}

/** What keys and values refer to. */
export function heldText({ keys, values, total, objects, complete }: InspectedHeld): string {
  const more = complete ? '' : ', and more that was not followed';
  return `${bytes(total)} in ${counted(objects, 'object')}: by keys ${bytes(keys)}, by values ${bytes(values)}${more}`;
}

/** A good hash exceeds this once in a million maps. */
const SUSPICIOUS = 1e-6;

function spreadFacts(spread: InspectedSpread): readonly Fact[] {
  const { over, places, keys, entropy, good_entropy: good, chi_square: test, sampled } = spread;
  const of = `${counted(keys, 'key')} over ${grouped(places)} ${over}${sampled === true ? ' (a part of them)' : ''}`;
  const bits = `entropy ${entropy.toFixed(2)} bits, a good hash gives ${good.toFixed(2)}`;
  const verdict =
    test === undefined
      ? ''
      : test.p < SUSPICIOUS
        ? `: far from even (χ² ${test.value.toFixed(0)} at ${grouped(test.degrees)} degrees, p ${test.p.toExponential(1)}), the keys collide`
        : `: as even as chance (χ² ${test.value.toFixed(0)} at ${grouped(test.degrees)} degrees, p ${test.p.toFixed(2)})`;
  return [
    ['spread', `${of}${verdict}; ${bits}`],
    ['searches', searchText(spread)],
    ['collisions', collisionText(spread)],
  ];
}

function searchText({ over, lengths }: InspectedSpread): string {
  const all = lengths.reduce((sum, n) => sum + n, 0);
  const first = all === 0 ? 0 : (100 * (lengths[0] ?? 0)) / all;
  const one = over.slice(0, -1);
  if (lengths.length <= 1) return `every key is found in the first ${one} that is looked at`;
  return `${first.toFixed(1)} % of the keys are found in the first ${one} that is looked at, all within ${counted(lengths.length, one)}`;
}

function collisionText({
  over,
  same_control: same,
  same_control_expected: expected,
  same_hash: hash,
}: InspectedSpread): string {
  const mark = over === 'groups' ? 'H2' : 'tophash';
  const pairs = `${counted(same, 'pair')} of keys in one ${over.slice(0, -1)} with the same ${mark}, ${expected.toFixed(1)} are expected`;
  if (hash === undefined) return pairs;
  return `${pairs}; ${hash === 0 ? 'no two keys have the same hash' : `${counted(hash, 'key')} share their whole hash with another`}`;
}
