import { isMapauditError } from '../../base/errors.ts';
import { type FoundMap, KEY_LIMITS } from '../../inspect/find/found_map.ts';
import type { Program } from '../../inspect/place/program.ts';
import { measureSyncMap, type SyncMapMeasure } from '../../inspect/sync_map/measure_sync_map.ts';
import type { SyncMapTotals } from '../../inspect/sync_map/scan.ts';
import { syncMapPlace } from '../../inspect/sync_map/scan_sync_map.ts';
import type { SyncMapParts } from '../../protocol/sync_map.ts';
import type { HeldOptions } from '../../inspect/measure/held.ts';
import { heldRow } from './held_row.ts';
import type { LookTools } from './look.ts';
import { foundRow, type MapRow } from './map_row.ts';

/** There was no more time. */
class TimeIsUp extends Error {}

/** Measures a sync.Map; `late` when there was no time for all of it. */
export function measuredSyncMap(
  program: Program,
  { header }: FoundMap,
  { pause, stop }: LookTools,
  held: HeldOptions | undefined,
): SyncMapMeasure | 'late' | undefined {
  const place = syncMapPlace(program, header, { limits: KEY_LIMITS, pause });
  try {
    return measureSyncMap(
      place,
      () => {
        if (stop()) throw new TimeIsUp();
      },
      held,
    );
  } catch (error) {
    if (error instanceof TimeIsUp) return 'late';
    if (isMapauditError(error)) return undefined;
    throw error;
  }
}

/** A row with what is known of a sync.Map. */
export function syncMapRow(map: FoundMap, measure: SyncMapMeasure | undefined): MapRow {
  if (measure === undefined) return foundRow(map);
  const { totals, bytes, held, consistent } = measure;
  return {
    ...foundRow(map),
    // What could not be read may be entries: their number is not known then.
    ...(totals.unstable > 0 ? {} : { len: totals.entries }),
    ...(bytes === undefined || totals.unstable > 0 ? {} : { bytes }),
    ...heldRow(held),
    consistent,
    sync_map: partsOf(totals),
  };
}

/** What a sync.Map is made of, as all answers say it. */
export function partsOf(totals: SyncMapTotals): SyncMapParts {
  if (totals.kind === 'trie') {
    const { nodes, depths, collisions, longestChain } = totals;
    return { trie: { nodes, depths, collisions, longest_chain: longestChain } };
  }
  const { read, dirty, amended, misses, deleted, expunged } = totals;
  return { maps: { read, dirty, amended, misses, deleted, expunged } };
}
