import { MapauditError } from '../../base/errors.ts';
import type { Program } from '../../inspect/place/program.ts';
import type { HeldBytes } from '../../inspect/measure/held.ts';
import { findSyncKey } from '../../inspect/sync_map/find_sync_key.ts';
import { imageOf } from '../../inspect/place/image.ts';
import { measureSyncMap, syncMapBytes } from '../../inspect/sync_map/measure_sync_map.ts';
import type { SyncMapEntry, SyncMapPlace, SyncMapScan } from '../../inspect/sync_map/scan.ts';
import { scanSyncMap, syncMapPlace } from '../../inspect/sync_map/scan_sync_map.ts';
import { type Addr, hex } from '../../model/addr.ts';
import type { InspectedEntry, InspectedSyncMap, InspectOptions } from '../../protocol/inspect.ts';
import { partsOf } from '../maps/sync_map_row.ts';
import type { InspectionEnd } from './inspection.ts';
import { heldOf } from './measured.ts';
import type { Patience } from './patience.ts';
import { valueOf } from './values.ts';

/** A sync.Map that a question is about. */
export interface SyncSubject {
  readonly name: string | undefined;
  /** Of the sync.Map itself. */
  readonly syncMap: Addr;
}

/** What is told of a sync.Map: itself, its entries up to the limit, and how it went. */
export interface SyncMapAnswer {
  readonly lines: readonly (InspectedSyncMap | InspectedEntry)[];
  readonly end: InspectionEnd;
}

type SyncView = Pick<InspectOptions, 'limits' | 'limit' | 'view' | 'held' | 'key' | 'spread'>;

/** Reads a sync.Map, or one key of it. Errors: `sync-map` for what only a map of the runtime has; `usage-key`. */
export function readSyncMap(
  program: Program,
  { name, syncMap }: SyncSubject,
  view: SyncView,
  patience: Patience,
): SyncMapAnswer {
  mustBeOfSyncMaps(name, view);
  const { limits, limit, held, key } = view;
  const place = syncMapPlace(program, syncMap, { limits, pause: () => patience.pause() });
  const { all, scan } = key === undefined ? allOf(place) : oneOf(place, key);
  const shown = all.slice(0, limit ?? all.length);
  const unreadable = shown.filter(({ key, value }) => key.unreadable || value.unreadable).length;
  return {
    lines: [headOf(name, place, scan, heldBy(program, place, held === true)), ...shown.map(entryOf)],
    end: {
      limited: shown.length < all.length,
      inspected: {
        entries: shown.length,
        ...(key === undefined ? { left: all.length - shown.length } : {}),
        unreadable,
        consistent: scan.consistent,
        unstable: scan.totals.unstable,
        restarts: 0,
        ...(patience.usedUp ? { timed_out: true as const } : {}),
      },
    },
  };
}

interface Read {
  readonly all: readonly SyncMapEntry[];
  readonly scan: SyncMapScan;
}

function allOf(place: SyncMapPlace): Read {
  const all: SyncMapEntry[] = [];
  return { all, scan: scanSyncMap(place, (entry) => all.push(entry)) };
}

function oneOf(place: SyncMapPlace, key: string): Read {
  const { entry, ...scan } = findSyncKey(place, key);
  return { all: entry === undefined ? [] : [entry], scan };
}

/** A sync.Map has neither buckets nor groups: its own make-up is told. */
function mustBeOfSyncMaps(name: string | undefined, { view, spread }: SyncView): void {
  const asked = view === 'slots' || view === 'heat' ? `--${view}` : spread === true ? '--spread' : undefined;
  if (asked === undefined) return;
  throw new MapauditError('sync-map', `${name ?? 'this'} is a sync.Map, which has no ${asked}`, {
    hint: 'Without it its entries and how it is made up are told; --key "k" tells one of them.',
  });
}

function headOf(
  name: string | undefined,
  place: SyncMapPlace,
  { totals, consistent }: SyncMapScan,
  held: HeldBytes | undefined,
): InspectedSyncMap {
  const { unstable } = totals;
  const base = {
    type: 'sync_map' as const,
    map: { ...(name === undefined ? {} : { name }), type: 'sync.Map', address: hex(place.address) },
    len: totals.entries,
    consistent,
    ...(unstable === 0 ? {} : { unstable }),
  };
  const size = unstable > 0 ? undefined : syncMapBytes(place, totals);
  return {
    ...base,
    ...(size === undefined ? {} : { bytes: size.bytes }),
    ...(held === undefined ? {} : { held: heldOf(held) }),
    ...partsOf(totals),
  };
}

/** What keys and values refer to, where it is wanted. */
const heldBy = (program: Program, place: SyncMapPlace, wanted: boolean): HeldBytes | undefined =>
  wanted ? measureSyncMap(place, () => undefined, { isImage: imageOf(program) }).held : undefined;

function entryOf({ key, value, slot }: SyncMapEntry): InspectedEntry {
  return {
    type: 'entry',
    key: valueOf(key),
    value: valueOf(value),
    slot: { ...slot, address: hex(slot.address) },
  };
}
