import { EVACUATED, GROW_TO_TABLE, HASH_GROW, PRUNE, REHASH } from '../../go/plan/growth.ts';
import { FACTS, FACTS_HEADER, FACTS_TABLE } from '../../model/record.ts';
import type { Growth } from '../../protocol/growth.ts';
import { tableOf } from '../../stream/facts.ts';

/** What a hit says of the growth itself. */
export type GrowthFacts = Pick<
  Growth,
  'kind' | 'trigger' | 'unit' | 'from' | 'to' | 'moved' | 'overflow' | 'tombstones' | 'directory'
>;

/** A table grows until it has so many slots; then it is split. go1.24–1.27 src/internal/runtime/maps/table.go, maxTableCapacity. */
const MAX_TABLE = 1024;
/** Slots of a group, entries of a bucket. */
const EIGHT = 8;
/** hmap.flags. go1.18–1.23 src/runtime/map.go. */
const SAME_SIZE_GROW = 8;

/** What the functions of a growth plan mean, from the map's header at the hit; undefined when it could not be read. */
export function growthFacts(name: string, count: number, facts: DataView): GrowthFacts | undefined {
  const valid = facts.getUint8(FACTS.valid);
  if ((valid & FACTS_HEADER) === 0) return undefined;
  switch (name) {
    case HASH_GROW:
      return hashGrow(count, facts);
    case EVACUATED:
      return migrated(facts);
    case GROW_TO_TABLE:
      return {
        kind: 'to-table',
        trigger: 'small-full',
        unit: 'slots',
        from: EIGHT,
        to: 2 * EIGHT,
        moved: count,
      };
    case REHASH:
      return (valid & FACTS_TABLE) === 0 ? undefined : rehash(facts);
    case PRUNE:
      return { kind: 'prune', trigger: 'tombstones' };
    default:
      return { kind: 'clear' };
  }
}

/**
 * The runtime's own decision: with the entry that is to come, more than 6.5 entries a bucket. `count` is what
 * it is before that entry. go1.18–1.23 src/runtime/map.go, hashGrow and overLoadFactor.
 */
function hashGrow(count: number, facts: DataView): GrowthFacts {
  const from = bucketsOf(facts);
  const overflow = facts.getUint16(FACTS.header + 10, true);
  const loaded = count + 1 > EIGHT && count + 1 > 13 * Math.floor(from / 2);
  return loaded
    ? { kind: 'grow', trigger: 'load', unit: 'buckets', from, to: 2 * from, overflow }
    : { kind: 'same-size', trigger: 'overflow', unit: 'buckets', from, to: from, overflow };
}

/** The header still has the flag of the growth that has just ended. */
function migrated(facts: DataView): GrowthFacts {
  const to = bucketsOf(facts);
  const sameSize = (facts.getUint8(FACTS.header + 8) & SAME_SIZE_GROW) !== 0;
  return {
    kind: 'migrated',
    trigger: sameSize ? 'overflow' : 'load',
    unit: 'buckets',
    from: sameSize ? to : to / 2,
    to,
  };
}

const bucketsOf = (facts: DataView): number => 2 ** facts.getUint8(FACTS.header + 9);

/** A table that is full, of entries or also of tombstones. go1.24–1.27 table.go, rehash. */
function rehash(facts: DataView): GrowthFacts {
  const table = tableOf(facts.getBigUint64(FACTS.table, true));
  const directory = Number(facts.getBigUint64(FACTS.header + 24, true));
  const depth = facts.getUint8(FACTS.header + 32);
  const common = {
    trigger: table.tombstones > 0 ? ('tombstones' as const) : ('load' as const),
    unit: 'slots' as const,
    from: table.capacity,
    moved: table.used,
    tombstones: table.tombstones,
  };
  if (2 * table.capacity <= MAX_TABLE)
    return {
      kind: 'table',
      ...common,
      to: 2 * table.capacity,
      directory: { from: directory, to: directory },
    };
  const doubles = table.local_depth === depth;
  return {
    kind: 'split',
    ...common,
    to: 2 * MAX_TABLE,
    directory: { from: directory, to: doubles ? 2 * directory : directory },
  };
}
