import { isMapauditError } from '../../base/errors.ts';
import type { MapType } from '../../go/types/go_type.ts';
import type { Addr } from '../../model/addr.ts';
import { allocated } from '../measure/allocation.ts';
import { type HeldBytes, HeldCollector, type HeldEntry, type HeldOptions } from '../measure/held.ts';
import { measureMap } from '../measure/measure_map.ts';
import { ANY, UNWRITTEN } from './any_value.ts';
import type { MapsTotals, SyncMapPlace, SyncMapScan, SyncMapTotals } from './scan.ts';
import { visitSyncMap } from './scan_sync_map.ts';

/** How large a sync.Map is, and how it is made up. */
export interface SyncMapMeasure extends SyncMapScan {
  /**
   * As the heap counts it. Of a trie: nodes and entries. Of two maps: the readOnly, both maps, an entry for each key,
   * and what each entry points to, an `any`. The sync.Map itself belongs to what holds it, and what keys and values
   * point to is not counted. Undefined when one of the maps cannot be read.
   */
  readonly bytes: number | undefined;
  /** What keys and values refer to, when it was asked for. */
  readonly held: HeldBytes | undefined;
}

/** Bytes, and whether nothing changed while they were counted. */
export interface SyncMapSize {
  readonly bytes: number;
  readonly consistent: boolean;
}

/** Bytes of sync.readOnly and sync.entry: go1.18–1.23 src/sync/map.go, readOnly, entry, newEntry. */
const READ_ONLY = 16;
const ENTRY = 8;

/**
 * Measures a sync.Map that a program may be using; with `held` also what its keys and values refer to. `look` is
 * called at each entry, and may throw to end it.
 */
export function measureSyncMap(place: SyncMapPlace, look: () => void, held?: HeldOptions): SyncMapMeasure {
  const collector = held === undefined ? undefined : new HeldCollector(place, place.types, held);
  const scan = collector === undefined ? counted(place, look) : followed(place, look, collector);
  const size = syncMapBytes(place, scan.totals);
  const consistent = scan.consistent && size?.consistent === true;
  return { ...scan, bytes: size?.bytes, held: collector?.result(), consistent };
}

function counted(place: SyncMapPlace, look: () => void): SyncMapScan {
  return visitSyncMap<true>(place, {
    key: () => {
      look();
      return UNWRITTEN;
    },
    value: () => true,
    unread: true,
    deliver: () => undefined,
  });
}

function followed(place: SyncMapPlace, look: () => void, collector: HeldCollector): SyncMapScan {
  // A value is asked for right after its key.
  let keys: HeldEntry['keys'] = [];
  return visitSyncMap<HeldEntry>(place, {
    key: (bytes, at) => {
      look();
      keys = collector.any(bytes, at);
      return UNWRITTEN;
    },
    value: (bytes, at) => ({ keys, elems: collector.any(bytes, at) }),
    deliver: ({ value }) => collector.add(value),
  });
}

/** The bytes of a sync.Map that was scanned; undefined when one of its maps cannot be read. */
export function syncMapBytes(place: SyncMapPlace, totals: SyncMapTotals): SyncMapSize | undefined {
  if (totals.kind === 'trie') return { bytes: totals.bytes, consistent: true };
  const inner = innerBytes(place, totals);
  return inner === undefined ? undefined : { ...inner, bytes: inner.bytes + entryBytes(place, totals) };
}

function entryBytes(
  { types: { version } }: SyncMapPlace,
  { readOnly, entries, deleted, unstable }: MapsTotals,
): number {
  const of = (size: number): number => allocated(size, true, version);
  const held = entries + unstable;
  return (readOnly === 0 ? 0 : of(READ_ONLY)) + (held + deleted) * of(ENTRY) + held * of(ANY);
}

function innerBytes(place: SyncMapPlace, { readMap, dirtyMap }: MapsTotals): SyncMapSize | undefined {
  const type = place.inner === undefined ? undefined : place.types.map(place.inner);
  let [bytes, consistent] = [0, true];
  for (const map of [readMap, dirtyMap]) {
    if (map === 0) continue;
    const one = type === undefined ? undefined : mapBytes(place, type, map);
    if (one === undefined) return undefined;
    bytes += one.bytes;
    consistent &&= one.consistent;
  }
  return { bytes, consistent };
}

function mapBytes(
  { memory, types, pause }: SyncMapPlace,
  type: MapType,
  address: Addr,
): SyncMapSize | undefined {
  try {
    const { bytes, consistent } = measureMap({ memory, type, address, pause }, types);
    return { bytes: bytes.total, consistent };
  } catch (error) {
    if (isMapauditError(error)) return undefined;
    throw error;
  }
}
