import type { ByteSource } from '../../model/byte_source.ts';
import type { Addr } from '../../model/addr.ts';
import type { ClassicHeader, MapHeader, SwissHeader } from '../map_header.ts';
import type { UnitPlace } from '../slots.ts';
import { allocated } from './allocation.ts';
import { EXTRA_BYTES } from './fresh.ts';
import type { MapBytes } from './map_measure.ts';
import {
  aheadInUse,
  type ExtraFacts,
  type ListFacts,
  listedOutside,
  readExtra,
  readTables,
  TABLE_BYTES,
} from './structure.ts';
import { bucketArrayUnits, type UnitFacts } from './unit_facts.ts';

/** What was found out about the parts of a map. */
export interface Parts {
  readonly bytes: Partial<MapBytes>;
  readonly capacity: number;
  readonly tables: number | undefined;
  /** Swiss: as the tables themselves count them. */
  readonly tombstones: number | undefined;
  /** Classic: of the present array, as the header counts them: above 2^15 buckets an estimate. */
  readonly overflow: number | undefined;
}

/** The overflow buckets of a classic map that were seen. */
export type SeenOverflow = readonly UnitPlace[];

const SLOTS = 8;

/**
 * Bytes of all parts but the header. `seen`: the overflow buckets, where slots were looked at; without, those that
 * the header counts are taken, and of a growth under way those of the old array are left out unless listed.
 * Undefined when something changed under the reading, or cannot be read.
 */
export function partBytes(
  memory: ByteSource,
  map: Addr,
  header: MapHeader,
  facts: UnitFacts,
  seen: SeenOverflow | undefined,
): Parts | undefined {
  return header.kind === 'swiss'
    ? swissParts(memory, header, facts)
    : classicParts(memory, map, header, facts, seen);
}

function swissParts(memory: ByteSource, header: SwissHeader, facts: UnitFacts): Parts | undefined {
  const { size, hasPointers, version } = facts;
  if (header.dirLen === 0) {
    const made = header.dirPtr !== 0;
    const bytes = { groups: made ? allocated(size, hasPointers, version) : 0 };
    return { bytes, capacity: made ? SLOTS : 0, tables: 0, tombstones: 0, overflow: undefined };
  }
  const tables = readTables(memory, header);
  if (tables === undefined) return undefined;
  let [groups, capacity, tombstones] = [0, 0, 0];
  for (const table of tables) {
    groups += allocated(table.groupCount * size, hasPointers, version);
    capacity += table.capacity;
    // go1.26.8 src/internal/runtime/maps/table.go, (*table).tombstones.
    tombstones += (table.capacity * 7) / 8 - table.used - table.growthLeft;
  }
  const bytes = {
    groups,
    tables: tables.length * allocated(TABLE_BYTES, true, version),
    directory: allocated(header.dirLen * 8, true, version),
  };
  return { bytes, capacity, tables: tables.length, tombstones: Math.max(0, tombstones), overflow: undefined };
}

interface BucketArray {
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
}

function arrayOf(start: Addr, count: number, facts: UnitFacts): BucketArray | undefined {
  if (start === 0) return undefined;
  const length = bucketArrayUnits(count, facts) * facts.size;
  return { start, end: start + length, bytes: allocated(length, facts.hasPointers, facts.version) };
}

function classicParts(
  memory: ByteSource,
  map: Addr,
  header: ClassicHeader,
  facts: UnitFacts,
  seen: SeenOverflow | undefined,
): Parts | undefined {
  const extra = readExtra(memory, map, facts);
  if (extra === undefined) return undefined;
  const array = arrayOf(header.buckets, 2 ** header.B, facts);
  const old = arrayOf(header.oldbuckets, 2 ** (header.sameSizeGrow ? header.B : header.B - 1), facts);
  const single =
    listedSingles(memory, extra, array, old) ??
    (seen === undefined
      ? Math.max(0, header.noverflow - aheadInUse(header, extra, facts))
      : seen.filter(({ address }) => !isIn(array, address) && !isIn(old, address)).length);
  return {
    bytes: {
      buckets: array?.bytes ?? 0,
      oldBuckets: old?.bytes ?? 0,
      overflow: single * allocated(facts.size, facts.hasPointers, facts.version) + extraBytes(extra, facts),
    },
    capacity: array === undefined ? 0 : 2 ** header.B * SLOTS,
    tables: undefined,
    tombstones: undefined,
    overflow: seen?.length ?? header.noverflow,
  };
}

const isIn = (array: BucketArray | undefined, address: number): boolean =>
  array !== undefined && address >= array.start && address < array.end;

/** Overflow buckets made one by one, of a type whose buckets are listed. */
function listedSingles(
  memory: ByteSource,
  extra: ExtraFacts | 'none',
  array: BucketArray | undefined,
  old: BucketArray | undefined,
): number | undefined {
  if (extra === 'none' || (extra.list === undefined && extra.oldList === undefined)) return undefined;
  const count = (list: ListFacts | undefined, of: BucketArray | undefined): number | undefined =>
    list === undefined ? 0 : listedOutside(memory, list, of?.start ?? 0, of?.end ?? 0);
  const [now, before] = [count(extra.list, array), count(extra.oldList, old)];
  return now === undefined || before === undefined ? undefined : now + before;
}

function extraBytes(extra: ExtraFacts | 'none', { version }: UnitFacts): number {
  if (extra === 'none') return 0;
  const list = (facts: ListFacts | undefined): number =>
    facts === undefined ? 0 : allocated(24, true, version) + allocated(facts.capacity * 8, true, version);
  return allocated(EXTRA_BYTES, true, version) + list(extra.list) + list(extra.oldList);
}
