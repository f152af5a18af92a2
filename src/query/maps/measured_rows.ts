import { isMapauditError } from '../../base/errors.ts';
import type { MapType } from '../../go/types/go_type.ts';
import type { FoundMap } from '../../inspect/find/found_map.ts';
import { measureMap } from '../../inspect/measure/measure_map.ts';
import type { SyncMapMeasure } from '../../inspect/sync_map/measure_sync_map.ts';
import type { MapMeasure } from '../../inspect/measure/map_measure.ts';
import type { MapHeader } from '../../inspect/map_header.ts';
import { imageOf } from '../../inspect/place/image.ts';
import type { HeldOptions } from '../../inspect/measure/held.ts';
import type { Program } from '../../inspect/place/program.ts';
import { memoryAdvice } from '../advice/memory_advice.ts';
import { type HeadFacts, headFacts } from './head_facts.ts';
import { heldRow } from './held_row.ts';
import type { LookTools } from './look.ts';
import { foundRow, headRow, type MapRow } from './map_row.ts';
import { measuredSyncMap, syncMapRow } from './sync_map_row.ts';

/** Rows of found maps, and what of them could not be told. */
export interface MeasuredRows {
  readonly rows: readonly MeasuredRow[];
  /** Maps for which there was no time. */
  readonly unmeasured: number;
  /** Maps that could not be read. */
  readonly unreadable: number;
  /** Names of those whose memory cannot be what the runtime has made. */
  readonly damaged: readonly string[];
}

export interface MeasuredRow {
  readonly row: MapRow;
  readonly map: FoundMap;
  readonly measure: MapMeasure | undefined;
}

/** How a map is measured. */
export interface MeasuredOptions extends LookTools {
  /** Follow what keys and elements refer to. */
  readonly held: boolean;
}

/** Above so many buckets a classic map's header estimates its overflow buckets: they are counted in its slots. */
const EXACT_B = 15;
/** So many objects of each map are followed: some 100 MB of memory here. */
const MOST_HELD = 1_000_000;

/** Measures maps, those first that are the largest by their headers, until there is no more time. */
export function measuredRows(
  program: Program,
  maps: readonly FoundMap[],
  options: MeasuredOptions,
): MeasuredRows {
  const heads = maps.map((map) => ({ map, head: headFacts(program, map) }));
  const order = [...heads].sort((a, b) => (b.head?.atLeast ?? 0) - (a.head?.atLeast ?? 0));
  const measures = new Map<FoundMap, MapMeasure>();
  const syncMaps = new Map<FoundMap, SyncMapMeasure>();
  let [unmeasured, unreadable] = [0, 0];
  const damaged: string[] = [];
  for (const { map, head } of order) {
    if (options.stop()) unmeasured++;
    else if (map.kind === 'sync.Map') {
      const measure = measuredSyncMap(program, map, options, heldOptions(program, options));
      if (measure === 'late') unmeasured++;
      else if (measure === undefined) unreadable++;
      else syncMaps.set(map, measure);
    } else {
      const measure =
        head?.type === undefined
          ? undefined
          : measured(program, map, head.type, head.header, options, damaged);
      // What a probe has told of may be gone by now.
      if (head === undefined && map.name !== '') unreadable++;
      if (measure === undefined) continue;
      measures.set(map, measure);
    }
  }
  const rows = heads.map(({ map, head }) => {
    const measure = measures.get(map);
    if (map.kind === 'sync.Map') return { row: syncMapRow(map, syncMaps.get(map)), map, measure };
    const row = rowOf(program, map, head, measure);
    // How the maps of a sync.Map are made is for the library to say.
    const advice = map.part === undefined ? memoryAdvice(program, map, measure) : [];
    return { row: { ...row, advice }, map, measure };
  });
  return { rows, unmeasured, unreadable, damaged };
}

const heldOptions = (program: Program, { held }: MeasuredOptions): HeldOptions | undefined =>
  held ? { isImage: imageOf(program), most: MOST_HELD } : undefined;

/** Undefined when the map is gone, or changes too much. */
function measured(
  program: Program,
  map: FoundMap,
  type: MapType,
  header: MapHeader,
  options: MeasuredOptions,
  damaged: string[],
): MapMeasure | undefined {
  const { memory, types } = program;
  const { pause } = options;
  const held = heldOptions(program, options);
  const slots = held !== undefined || (header.kind === 'classic' && header.B > EXACT_B);
  try {
    return measureMap({ memory, type, address: map.header, pause }, types, {
      slots,
      ...(held === undefined ? {} : { held }),
    });
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    if (error.code === 'damaged-map') damaged.push(map.name === '' ? map.type.name : map.name);
    return undefined;
  }
}

function rowOf(
  { binary: { flavour } }: Program,
  map: FoundMap,
  head: HeadFacts | undefined,
  measure: MapMeasure | undefined,
): MapRow {
  if (head === undefined) return foundRow(map);
  if (measure === undefined) return { ...foundRow(map), ...headRow(head.header, flavour) };
  return { ...foundRow(map), ...headRow(measure.header, flavour), ...measureRow(measure) };
}

function measureRow(measure: MapMeasure): Partial<MapRow> {
  const { bytes, capacity, load, tombstones, overflow, fresh, waste, held, consistent } = measure;
  return {
    capacity,
    bytes: bytes.total,
    ...heldRow(held),
    fresh_bytes: fresh.make,
    waste,
    load,
    ...(tombstones === undefined ? {} : { tombstones }),
    ...(overflow === undefined ? {} : { overflow: overflow.buckets }),
    consistent,
  };
}
