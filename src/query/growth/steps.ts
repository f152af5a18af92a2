import { EVACUATED, GROW_TO_TABLE, HASH_GROW, PRUNE, REHASH } from '../../go/plan/growth.ts';
import { FACTS, FACTS_HEADER, FACTS_TABLE } from '../../model/record.ts';
import type { GrowthFacts, GrowthOp } from '../../protocol/growth.ts';
import { tableOf } from '../../stream/facts.ts';

/** What a hit says of the growth itself. */
export interface Step {
  readonly op: GrowthOp;
  readonly growth?: GrowthFacts;
}

/** What is known of the map at a hit. */
export interface Seen {
  /** Entries, without the one that is to come. */
  readonly count: number;
  readonly facts: DataView;
  /** Of the Go version: 21 of 1.21. */
  readonly minor: number;
}

/** A table grows until it has so many slots; then it is split. go1.24–1.27 src/internal/runtime/maps/table.go, maxTableCapacity. */
const MAX_TABLE = 1024;
/** Slots of a group, entries of a bucket. */
const EIGHT = 8;
/** hmap.flags. go1.18–1.23 src/runtime/map.go. */
const SAME_SIZE_GROW = 8;

/** What the functions of a growth plan mean, from the map's header at the hit; undefined when it could not be read. */
export function stepOf(name: string, seen: Seen): Step | undefined {
  const valid = seen.facts.getUint8(FACTS.valid);
  if ((valid & FACTS_HEADER) === 0) return undefined;
  switch (name) {
    case HASH_GROW:
      return { op: 'grow', growth: hashGrow(seen) };
    case EVACUATED:
      return { op: 'evacuate', growth: evacuated(seen) };
    case GROW_TO_TABLE:
      return { op: 'grow', growth: toTable(seen) };
    case REHASH:
      return (valid & FACTS_TABLE) === 0 ? undefined : rehash(seen);
    case PRUNE:
      return { op: 'prune', growth: { trigger: 'tombstones' } };
    default:
      return { op: 'clear' };
  }
}

/**
 * The runtime's own decision: with the entry that is to come, more than 6.5 entries a bucket.
 * go1.18–1.23 src/runtime/map.go, hashGrow and overLoadFactor. Go 1.21 alone rounds 6.5 down: its
 * loadFactorNum is (bucketCnt * 13 / 16) * loadFactorDen.
 */
function hashGrow({ count, facts, minor }: Seen): GrowthFacts {
  const from = bucketsOf(facts);
  const overflow = facts.getUint16(FACTS.header + 10, true);
  const loaded = count + 1 > EIGHT && count + 1 > (minor === 21 ? 12 : 13) * Math.floor(from / 2);
  const size = loaded
    ? ({ trigger: 'load', to: 2 * from } as const)
    : ({ trigger: 'overflow', to: from } as const);
  return { ...size, unit: 'buckets', from, overflow };
}

/** The header still has the flag of the growth that has just ended. */
function evacuated({ facts }: Seen): GrowthFacts {
  const to = bucketsOf(facts);
  const sameSize = (facts.getUint8(FACTS.header + 8) & SAME_SIZE_GROW) !== 0;
  const from = sameSize ? to : to / 2;
  const migration = { old_buckets: from, evacuated: from };
  return { trigger: sameSize ? 'overflow' : 'load', unit: 'buckets', from, to, migration };
}

const bucketsOf = (facts: DataView): number => 2 ** facts.getUint8(FACTS.header + 9);

/** All of a full group, into a table of two. go1.24–1.27 src/internal/runtime/maps/map.go, growToTable. */
const toTable = ({ count }: Seen): GrowthFacts => ({
  trigger: 'small-full',
  unit: 'slots',
  from: EIGHT,
  to: 2 * EIGHT,
  moved: count,
  directory: { from: 0, to: 1 },
});

/** A table that is full, of entries or also of tombstones. go1.24–1.27 table.go, rehash, grow and split. */
function rehash({ facts }: Seen): Step {
  const table = tableOf(facts.getBigUint64(FACTS.table, true));
  const directory = Number(facts.getBigUint64(FACTS.header + 24, true));
  const depth = facts.getUint8(FACTS.header + 32);
  const splits = 2 * table.capacity > MAX_TABLE;
  const doubles = splits && table.local_depth === depth;
  return {
    op: splits ? 'split' : 'rehash',
    growth: {
      trigger: table.tombstones > 0 ? 'tombstones' : 'load',
      unit: 'slots',
      from: table.capacity,
      to: splits ? 2 * MAX_TABLE : 2 * table.capacity,
      moved: table.used,
      tombstones: table.tombstones,
      directory: { from: directory, to: doubles ? 2 * directory : directory },
    },
  };
}
