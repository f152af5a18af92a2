import { allocated } from './allocation.ts';
import { binomialAbove, binomialAboveExactly } from './chance.ts';
import { bucketArrayUnits, type UnitFacts } from './unit_facts.ts';

/** Bytes that a new map with as many entries takes, without its header: on average, since hashes are drawn anew. */
export interface FreshParts {
  /** Buckets, or groups. */
  readonly units: number;
  /** Classic: overflow buckets, and the lists that keep those without pointers alive. */
  readonly overflow: number;
  /** Swiss. */
  readonly directory: number;
  readonly tables: number;
}

/** How a new map comes to its size: told beforehand (`make(map[K]V, n)`), or by n inserts into an empty one. */
export type FreshManner = 'make' | 'grown';

export const freshMap = (count: number, facts: UnitFacts, manner: FreshManner): FreshParts =>
  facts.kind === 'classic' ? freshClassic(count, facts) : freshSwiss(count, facts, manner);

const NONE: FreshParts = { units: 0, overflow: 0, directory: 0, tables: 0 };
const SMALL = 8;
/** Classic: entries for each bucket before it grows: go1.23.12 src/runtime/map.go, overLoadFactor. */
const LOAD = 6.5;

/** Both manners come to the same number of buckets, once a growth has ended. */
function freshClassic(count: number, facts: UnitFacts): FreshParts {
  if (count === 0) return NONE;
  const { size, hasPointers, version } = facts;
  let buckets = 1;
  while (count > SMALL && count > LOAD * buckets) buckets *= 2;
  const made = bucketArrayUnits(buckets, facts);
  const chained = buckets === 1 ? 0 : buckets * overflowsOfBucket(count, buckets);
  const single = Math.max(0, chained - (made - buckets));
  return {
    ...NONE,
    units: allocated(made * size, hasPointers, version),
    overflow:
      single * allocated(size, hasPointers, version) +
      (made > buckets || (!hasPointers && chained >= 0.5) ? allocated(EXTRA_BYTES, true, version) : 0) +
      (hasPointers ? 0 : listBytes(Math.round(chained), version)),
  };
}

/** How many overflow buckets hang on a bucket on average. */
function overflowsOfBucket(count: number, buckets: number): number {
  return [1, 2, 3].reduce((sum, n) => sum + binomialAboveExactly(count, buckets, SMALL * n), 0);
}

/** runtime.mapextra: go1.23.12 src/runtime/map.go. */
export const EXTRA_BYTES = 24;
const SLICE_BYTES = 24;
/** append doubles up to here, then adds a quarter and this: go1.23.12 src/runtime/slice.go, nextslicecap. */
const DOUBLES_BELOW = 256;

/** A slice of pointers that was appended to. */
function listBytes(length: number, version: UnitFacts['version']): number {
  if (length === 0) return 0;
  let capacity = 1;
  while (capacity < length) {
    const next = capacity < DOUBLES_BELOW ? capacity * 2 : capacity + (capacity + 3 * DOUBLES_BELOW) / 4;
    capacity = Math.floor(allocated(Math.floor(next) * 8, true, version) / 8);
  }
  return allocated(SLICE_BYTES, true, version) + allocated(capacity * 8, true, version);
}

/** go1.24.13–1.27.4 src/internal/runtime/maps: maxAvgGroupLoad of 8 slots, maxTableCapacity, table. */
const GROUP_LOAD = 7;
const TABLE_CAPACITY = 1024;
const TABLE_BYTES = 32;

function freshSwiss(count: number, facts: UnitFacts, manner: FreshManner): FreshParts {
  if (count === 0) return NONE;
  const { size, hasPointers, version } = facts;
  if (count <= SMALL) return { ...NONE, units: allocated(size, hasPointers, version) };
  const start = manner === 'make' ? madeTables(count) : { tables: 1, capacity: 2 * SMALL };
  const groups = (capacity: number): number => allocated((capacity / SMALL) * size, hasPointers, version);
  let [units, tables, directory] = [0, 0, start.tables];
  // Tables of the size that they were made with, and of those into which they grow, by the chance that they must.
  let [places, capacity, reached] = [start.tables, start.capacity, 1];
  while (reached > 1e-9) {
    const full = binomialAbove(count, places, (capacity * GROUP_LOAD) / SMALL);
    const stay = Math.max(0, reached - full);
    units += places * stay * groups(capacity);
    tables += places * stay;
    // One table that splits doubles the directory: it is as long as the deepest needs it.
    if (places > directory && places * reached > 0.5) directory = places;
    reached = Math.min(reached, full);
    if (capacity < TABLE_CAPACITY) capacity *= 2;
    else places *= 2;
  }
  return {
    ...NONE,
    units,
    tables: tables * allocated(TABLE_BYTES, true, version),
    directory: allocated(directory * 8, true, version),
  };
}

/** go1.26.8 src/internal/runtime/maps/map.go, NewMap. */
function madeTables(count: number): { tables: number; capacity: number } {
  const capacity = Math.floor((count * SMALL) / GROUP_LOAD);
  const tables = powerOfTwo(Math.ceil(capacity / TABLE_CAPACITY));
  return { tables, capacity: powerOfTwo(Math.max(SMALL, Math.floor(capacity / tables))) };
}

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));
