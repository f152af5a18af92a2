import { chiSquareZ, goodEntropy, normalAbove } from './chance.ts';

/**
 * How evenly keys are spread over the places where their search begins (the buckets of a classic map, the groups
 * of a Swiss one), against what a good hash gives.
 */
export interface Spread {
  readonly over: 'buckets' | 'groups';
  readonly places: number;
  readonly keys: number;
  /** Of a very large map an even part of the buckets or tables. */
  readonly sampled: boolean;
  /** In bits: of the keys' distribution over the places, what a good hash gives, and if all had the same number. */
  readonly entropy: number;
  readonly goodEntropy: number;
  readonly evenEntropy: number;
  readonly test: SpreadTest | undefined;
  /** How many places have 0, 1, 2, … keys. */
  readonly histogram: readonly number[];
  /** Entries that are found in the 1st, 2nd, … bucket of their chain, or group of their probe sequence. */
  readonly lengths: readonly number[];
  readonly collisions: Collisions;
}

/** Pearson's chi-square test against even spread. */
export interface SpreadTest {
  readonly chiSquare: number;
  readonly degrees: number;
  /** Standard deviations above what chance gives, by the approximation of Wilson and Hilferty. */
  readonly z: number;
  /** How probable a value as large is with a good hash: below one in a million the keys collide. */
  readonly p: number;
}

/** Keys that a search mistakes for each other at first. */
export interface Collisions {
  /** Pairs in one bucket or group with the same tophash or control byte, and how many chance gives. */
  readonly sameControl: number;
  readonly expected: number;
  /** Keys that share all 64 bits of their hash with another one; undefined where keys cannot be hashed. */
  readonly sameHash: number | undefined;
}

/** What each place must have on average for the test to hold; else neighbours are taken together. */
const LEAST_MEAN = 4;
/** Fewer keys tell nothing. */
const LEAST_KEYS = 32;

/** Counts of keys by place: one array for a classic map, one for each table of a Swiss one. */
export type PlaceCounts = readonly (readonly number[])[];

export function entropyOf(counts: PlaceCounts): number {
  const keys = total(counts);
  let entropy = 0;
  for (const part of counts) for (const n of part) if (n > 0) entropy -= (n / keys) * Math.log2(n / keys);
  return entropy;
}

/** What a good hash gives, the keys being in the tables in which they are. */
export function goodEntropyOf(counts: PlaceCounts): number {
  const keys = total(counts);
  let entropy = 0;
  for (const part of counts) {
    const n = sum(part);
    if (n > 0) entropy += (n / keys) * (goodEntropy(n, part.length) - Math.log2(n / keys));
  }
  return entropy;
}

/** Undefined where there are too few keys or places. */
export function spreadTest(counts: PlaceCounts): SpreadTest | undefined {
  const keys = total(counts);
  if (keys < LEAST_KEYS) return undefined;
  let [chiSquare, degrees] = [0, 0];
  for (const part of counts) {
    const wanted = 2 ** Math.floor(Math.log2(Math.max(1, sum(part) / LEAST_MEAN)));
    const places = Math.min(part.length, wanted);
    if (places < 2) continue;
    const folded = new Array<number>(places).fill(0);
    part.forEach((n, i) => (folded[i % places] = (folded[i % places] ?? 0) + n));
    const mean = sum(part) / places;
    for (const n of folded) chiSquare += (n - mean) ** 2 / mean;
    degrees += places - 1;
  }
  if (degrees === 0) return undefined;
  const z = chiSquareZ(chiSquare, degrees);
  return { chiSquare, degrees, z, p: normalAbove(z) };
}

export function histogramOf(counts: PlaceCounts): number[] {
  const histogram: (number | undefined)[] = [];
  for (const part of counts) for (const n of part) histogram[n] = (histogram[n] ?? 0) + 1;
  return Array.from(histogram, (n) => n ?? 0);
}

const sum = (part: readonly number[]): number => part.reduce((all, n) => all + n, 0);
export const total = (counts: PlaceCounts): number => counts.reduce((all, part) => all + sum(part), 0);
