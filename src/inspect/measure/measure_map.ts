import type { TypeReader } from '../../go/types/type_reader.ts';
import type { MemHash } from '../hash/mem_hash.ts';
import type { MapHeader } from '../map_header.ts';
import { type MapPlace, scanContext } from '../scan.ts';
import { type MapScan, notAMap, scanMap } from '../scan_map.ts';
import type { UnitPlace } from '../slots.ts';
import { allocated } from './allocation.ts';
import { type FreshManner, freshMap } from './fresh.ts';
import { HeldCollector, type HeldEntry, type HeldOptions } from './held.ts';
import type { MapBytes, MapMeasure } from './map_measure.ts';
import { type Parts, partBytes } from './part_bytes.ts';
import { SpreadCollector, type SpreadEntry } from './spread_collector.ts';
import { headerSize } from './structure.ts';
import { holdsPointers, type UnitFacts, unitFacts } from './unit_facts.ts';

/** What is measured beside the sizes. */
export interface MeasureOptions {
  /**
   * Looks at every slot, which takes as long as reading the map. Without, header, directory, tables and the lists
   * of overflow buckets are read only: the same for Swiss maps; of a classic one overflow buckets are then taken
   * from the header's count, which is an estimate above 2^15 buckets.
   */
  readonly slots?: boolean;
  /** Follows what keys and elements refer to. Needs `slots`. */
  readonly held?: HeldOptions;
  /** Says how evenly keys are spread. Needs `slots`; `hash` is needed for Swiss maps and for colliding keys. */
  readonly spread?: { readonly hash: MemHash | undefined };
}

/** How often sizes are read anew when the map changes meanwhile. */
const TRIES = 8;

/**
 * Measures a map that a program may be using, without stopping it. What changes too fast is measured as it was
 * last seen, with `consistent` false. Errors: `not-a-map`.
 */
export function measureMap(place: MapPlace, types: TypeReader, options: MeasureOptions = {}): MapMeasure {
  const facts = unitFacts(place.memory, types, place.type);
  const slots = options.slots ?? true;
  const held =
    slots && options.held !== undefined ? new HeldCollector(place, types, options.held) : undefined;
  const spread =
    slots && options.spread !== undefined ? newSpread(place, types, options.spread.hash) : undefined;
  const overflow: UnitPlace[] = [];
  const scan = slots ? scanSlots(place, overflow, held, spread) : undefined;
  const { header, parts, still } = readParts(place, facts, scan === undefined ? undefined : overflow);
  const { totals } = scan ?? {};
  const entries = header.count;
  const indirect = entries * indirectBytes(place, types);
  const own = allocated(headerSize(facts.kind, facts.version), true, facts.version);
  const bytes = sum({ ...NONE, ...parts.bytes, header: own, indirect });
  const fresh = { make: 0, grown: 0 };
  for (const manner of ['make', 'grown'] satisfies FreshManner[]) {
    const { units, overflow: chained, directory, tables } = freshMap(entries, facts, manner);
    fresh[manner] = Math.round(own + indirect + units + chained + directory + tables);
  }
  return {
    header,
    bytes,
    entries,
    capacity: parts.capacity,
    load: parts.capacity === 0 ? 0 : entries / parts.capacity,
    tombstones: facts.kind === 'swiss' ? (totals?.tombstones ?? parts.tombstones) : undefined,
    overflow:
      facts.kind === 'classic'
        ? { buckets: parts.overflow ?? 0, longestChain: totals?.longestChain }
        : undefined,
    tables: parts.tables,
    fresh,
    waste: Math.max(0, bytes.total - fresh.make),
    held: held?.result(),
    spread: spread?.result(),
    consistent: still && (scan === undefined || (scan.consistent && sameHeader(scan.header, header))),
  };
}

function scanSlots(
  place: MapPlace,
  overflow: UnitPlace[],
  held: HeldCollector | undefined,
  spread: SpreadCollector | undefined,
): MapScan {
  return scanMap<SeenEntry>(held === undefined ? place : { ...place, whole: true }, {
    read: (block, key, elem, slot) => ({
      held: held?.read(place.type, block, key, elem),
      spread: spread?.read(block, key, slot),
    }),
    // Keys are not compared: one that moved meanwhile may be seen twice, and then the answer is not consistent.
    deliver: () => undefined,
    unit: ({ place: unit, entries }) => {
      if (unit.part === 'overflow') overflow.push(unit);
      spread?.unit(unit, entries.length);
      for (const entry of entries) {
        if (entry.held !== undefined) held?.add(entry.held);
        if (entry.spread !== undefined) spread?.add(entry.spread);
      }
    },
  });
}

interface SeenEntry {
  readonly held: HeldEntry | undefined;
  readonly spread: SpreadEntry | undefined;
}

function newSpread(place: MapPlace, types: TypeReader, hash: MemHash | undefined): SpreadCollector {
  const header = scanContext(place, undefined).header();
  if (header === undefined) throw notAMap(place);
  return new SpreadCollector(place, types, header, hash);
}

interface ReadParts {
  readonly header: MapHeader;
  readonly parts: Parts;
  /** The header was the same before and after. */
  readonly still: boolean;
}

function readParts(place: MapPlace, facts: UnitFacts, seen: readonly UnitPlace[] | undefined): ReadParts {
  const { header: now } = scanContext(place, undefined);
  let last: ReadParts | undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const header = now();
    const parts =
      header === undefined ? undefined : partBytes(place.memory, place.address, header, facts, seen);
    const after = now();
    if (header === undefined || parts === undefined) continue;
    const still = after !== undefined && sameHeader(header, after) && !header.writing;
    last = { header, parts, still };
    if (still) return last;
  }
  if (last === undefined) throw notAMap(place);
  return last;
}

function sameHeader(a: MapHeader, b: MapHeader): boolean {
  const text = (header: MapHeader): string =>
    JSON.stringify(header, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return text(a) === text(b);
}

function indirectBytes({ memory, type }: MapPlace, types: TypeReader): number {
  const of = (indirect: boolean, part: typeof type.key): number =>
    indirect ? allocated(types.head(part)?.size ?? 0, holdsPointers(memory, part), types.version) : 0;
  return of(type.indirectKey, type.key) + of(type.indirectElem, type.elem);
}

const NONE = { buckets: 0, oldBuckets: 0, overflow: 0, directory: 0, tables: 0, groups: 0, total: 0 };

function sum(bytes: MapBytes): MapBytes {
  const parts: number[] = Object.values({ ...bytes, total: 0 });
  return { ...bytes, total: parts.reduce((total, n) => total + n, 0) };
}
