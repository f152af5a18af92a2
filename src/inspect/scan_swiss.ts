import { view } from '../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../model/addr.ts';
import { damagedMap } from './damaged.ts';
import type { SwissHeader } from './map_header.ts';
import type { ScanContext } from './scan.ts';
import { settle } from './settle.ts';
import type { UnitPlace } from './slots.ts';
import { type Moment, readStable, type StableOutcome } from './stable_units.ts';
import { KeptUnits, takeUnit } from './unit_visit.ts';

/** internal/runtime/maps.table: go1.24.13–1.27.4 src/internal/runtime/maps/table.go. */
const TABLE_BYTES = 32;
const MOST_CAPACITY = 1024;
const SLOTS = 8;
/** How often one part of the directory may change under the scan before it is given up. */
const TRIES = 32;

interface Table {
  readonly address: Addr;
  readonly localDepth: number;
  readonly groups: Addr;
  readonly groupCount: number;
}

/** What a directory's part came to. */
type PartOutcome = { readonly outcome: StableOutcome; readonly width: number };

/**
 * Scans a Swiss map. Tables are taken in the order of the hashes that they hold: when the directory doubles
 * or a table is replaced meanwhile, the scan goes on with what holds the next hash now, so that no entry
 * that was there all the time is passed over or told twice. Yields after each table.
 */
export function* scanSwiss<T>(context: ScanContext<T>, first: SwissHeader): Generator<void, void> {
  if (first.dirLen === 0) {
    if (scanSmall(context, first)) return;
  }
  yield* scanDirectory(context);
}

/** False when the small map has become a large one meanwhile. */
function scanSmall<T>(context: ScanContext<T>, first: SwissHeader): boolean {
  if (first.dirPtr === 0) return true;
  const look = (): Moment =>
    momentOf(swissNow(context), (now) => now.dirLen === 0 && now.dirPtr === first.dirPtr);
  const outcome = readGroups(context, first.dirPtr, 1, 0, look);
  if (outcome === 'done') return true;
  context.totals.restarts++;
  return swissNow(context)?.dirLen === 0;
}

function* scanDirectory<T>(context: ScanContext<T>): Generator<void, void> {
  const { totals } = context;
  /** How much of the hash space is done: entry `next` of a directory of `length`. */
  let next = 0;
  let length = 0;
  for (let tries = 0; tries < TRIES;) {
    const now = swissNow(context);
    if (now === undefined || now.dirLen === 0) return;
    if (length > 0) next = Math.round((next / length) * now.dirLen);
    length = now.dirLen;
    if (next >= length) return;
    const { outcome, width } = scanPart(context, now, next);
    if (outcome === 'done') {
      next += width;
      tries = 0;
      yield;
      continue;
    }
    totals.restarts++;
    if (++tries < TRIES) continue;
    if (isStill(now, swissNow(context)) && isUnsound(context, now, next))
      throw damagedMap(context.place, `table ${next} of its directory is none`);
    // This part never held still: it is not known, the rest may be.
    totals.unstable++;
    next += Math.max(1, width);
    tries = 0;
  }
}

/** Reads the table that a directory entry names. */
function scanPart<T>(context: ScanContext<T>, header: SwissHeader, index: number): PartOutcome {
  const { memory } = context.place;
  const entryAt = header.dirPtr + 8 * index;
  const table = tableAt(context, entryAt);
  if (table === undefined) return { outcome: 'moved', width: 1 };
  const width = 2 ** Math.max(0, header.globalDepth - table.localDepth);
  const look = (): Moment => {
    const entry = memory.read(entryAt, 8);
    const current = tableAt(context, entryAt);
    const same = entry !== undefined && current?.address === table.address && current.groups === table.groups;
    return momentOf(
      swissNow(context),
      (now) => same && now.dirPtr === header.dirPtr && now.dirLen === header.dirLen,
    );
  };
  const outcome = readGroups(context, table.groups, table.groupCount, index, look);
  if (outcome === 'done') context.totals.tables++;
  return { outcome, width };
}

function readGroups<T>(
  context: ScanContext<T>,
  groups: Addr,
  count: number,
  table: number,
  look: () => Moment,
): StableOutcome {
  const { shape, place } = context;
  const units = Array.from({ length: count }, (_, i) => addr(groups + i * shape.bytes));
  // What was kept of a table that is replaced before it was read to its end must not be told: the new one has it.
  const kept = new KeptUnits(context);
  const placeOf = (unit: number): UnitPlace => {
    const address = units[unit] ?? addr(0);
    return { part: 'group', index: unit, table, depth: 0, old: false, address };
  };
  const outcome = readStable<readonly T[]>(place.memory, shape.bytes, units, {
    look,
    outside: context.outside,
    settle: () => settle(place),
    take: (unit, bytes) => takeUnit(context, bytes, () => placeOf(unit)),
    keep: (unit, bytes, taken, again, outside) => {
      kept.changed ||= again;
      kept.add(bytes, taken, units[unit] ?? addr(0), outside, () => placeOf(unit));
    },
    unstable: () => kept.unstable++,
    pause: place.pause,
  });
  if (outcome !== 'done') return outcome;
  kept.tell();
  return 'done';
}

/** Nothing has written to the map meanwhile, as far as its header tells. */
const isStill = (then: SwissHeader, now: SwissHeader | undefined): boolean =>
  now !== undefined &&
  !then.writing &&
  !now.writing &&
  now.count === then.count &&
  now.dirPtr === then.dirPtr;

/** What the directory names there can be read, and cannot be a table that is in use. */
function isUnsound<T>(context: ScanContext<T>, header: SwissHeader, index: number): boolean {
  const { memory } = context.place;
  const entryAt = header.dirPtr + 8 * index;
  const entry = memory.read(entryAt, 8);
  const table = entry && memory.read(Number(view(entry).getBigUint64(0, true)), TABLE_BYTES);
  return table !== undefined && tableAt(context, entryAt) === undefined;
}

function tableAt<T>({ place: { memory } }: ScanContext<T>, entryAt: number): Table | undefined {
  const entry = memory.read(entryAt, 8);
  if (entry === undefined) return undefined;
  const address = addr(Number(view(entry).getBigUint64(0, true)));
  const bytes = memory.read(address, TABLE_BYTES);
  if (bytes === undefined) return undefined;
  const words = view(bytes);
  const capacity = words.getUint16(2, true);
  const mask = Number(words.getBigUint64(24, true));
  const stale = words.getBigInt64(8, true) < 0n;
  const sound = capacity >= SLOTS && capacity <= MOST_CAPACITY && (mask + 1) * SLOTS === capacity;
  if (stale || !sound) return undefined;
  return {
    address,
    localDepth: words.getUint8(6),
    groups: addr(Number(words.getBigUint64(16, true))),
    groupCount: mask + 1,
  };
}

function swissNow<T>(context: ScanContext<T>): SwissHeader | undefined {
  const header = context.header();
  return header?.kind === 'swiss' ? header : undefined;
}

function momentOf(now: SwissHeader | undefined, same: (now: SwissHeader) => boolean): Moment {
  if (now === undefined || !same(now)) return 'moved';
  return now.writing ? 'writing' : 'still';
}
