import type { GoVersion, MapFlavour } from '../model/go_version.ts';
import {
  ARGUMENT_REGISTERS,
  type ClassicHeader,
  type FactsOfEvent,
  type MapHeader,
  type Registers,
  type SwissHeader,
  type SwissTable,
} from '../model/map_header.ts';
import { FACTS, FACTS_HEADER, FACTS_TABLE } from '../model/record.ts';
import type { EventBatch } from '../model/event_batch.ts';

/** What the words of a header mean in a binary. */
export interface HeaderLayout {
  readonly flavour: MapFlavour;
  readonly version: Pick<GoVersion, 'minor'>;
}

/** hmap.flags. go1.18–1.23 src/runtime/map.go. */
const ITERATOR = 1 | 2;
const HASH_WRITING = 4;
const SAME_SIZE_GROW = 8;

/** What a row's record says of its map; undefined where the record has no such part. */
export function factsOf(batch: EventBatch, row: number, layout: HeaderLayout): FactsOfEvent | undefined {
  const words = factsView(batch, row);
  if (words === undefined) return undefined;
  const header = headerOf(words, layout);
  const registers = Object.fromEntries(
    ARGUMENT_REGISTERS.map((name, i) => [
      name,
      `0x${words.getBigUint64(FACTS.registers + 8 * i, true).toString(16)}`,
    ]),
  ) as Registers;
  return { ...(header === undefined ? {} : { header }), registers };
}

/** The facts of a row as they were recorded. */
export function factsView(batch: EventBatch, row: number): DataView | undefined {
  const at = batch.factsAt[row] ?? -1;
  return at < 0
    ? undefined
    : new DataView(batch.payload.buffer, batch.payload.byteOffset + at, FACTS.valid + 8);
}

/** The header in a row's facts, or undefined when it could not be read. */
export function headerOf(facts: DataView, layout: HeaderLayout): MapHeader | undefined {
  const valid = facts.getUint8(FACTS.valid);
  if ((valid & FACTS_HEADER) === 0) return undefined;
  if (layout.flavour === 'classic') return classicHeader(facts, FACTS.header);
  const table = (valid & FACTS_TABLE) === 0 ? undefined : tableOf(facts.getBigUint64(FACTS.table, true));
  return swissHeader(facts, FACTS.header, layout.version.minor, table);
}

/** `runtime.hmap`. go1.18–1.23 src/runtime/map.go; a header on the way through a growth says so. */
export function classicHeader(view: DataView, at: number): ClassicHeader {
  const flags = view.getUint8(at + 8);
  const buckets = 2 ** view.getUint8(at + 9);
  const sameSize = (flags & SAME_SIZE_GROW) !== 0;
  const migrates = view.getBigUint64(at + 24, true) !== 0n;
  return {
    layout: 'classic',
    buckets,
    overflow: view.getUint16(at + 10, true),
    iterated: (flags & ITERATOR) !== 0,
    writing: (flags & HASH_WRITING) !== 0,
    ...(migrates
      ? {
          migration: {
            old_buckets: sameSize ? buckets : buckets / 2,
            evacuated: Number(view.getBigUint64(at + 32, true)),
            same_size: sameSize,
          },
        }
      : {}),
  };
}

/** `internal/runtime/maps.Map`. go1.24–1.27 src/internal/runtime/maps/map.go. */
function swissHeader(view: DataView, at: number, minor: number, table: SwissTable | undefined): SwissHeader {
  const directory = Number(view.getBigUint64(at + 24, true));
  return {
    layout: 'swiss',
    small: directory === 0,
    directory,
    global_depth: view.getUint8(at + 32),
    writing: view.getUint8(at + 34) !== 0,
    ...(minor >= 25 ? { tombstones_possible: view.getUint8(at + 35) !== 0 } : {}),
    ...(table === undefined ? {} : { table }),
  };
}

/** The first word of `internal/runtime/maps.table`: used, capacity, growthLeft, localDepth. go1.24–1.27 table.go. */
export function tableOf(word: bigint): SwissTable {
  const used = Number(word & 0xffffn);
  const capacity = Number((word >> 16n) & 0xffffn);
  const growthLeft = Number((word >> 32n) & 0xffffn);
  return {
    capacity,
    used,
    growth_left: growthLeft,
    tombstones: maxGrowth(capacity) - used - growthLeft,
    local_depth: Number((word >> 48n) & 0xffn),
  };
}

/** Entries and tombstones that a table takes: 7/8 of its slots, and 7 of a single group. go1.24–1.27 table.go, maxGrowth. */
const maxGrowth = (capacity: number): number => (capacity <= 8 ? capacity - 1 : (capacity * 7) / 8);
