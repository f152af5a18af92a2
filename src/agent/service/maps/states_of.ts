import type { MapState } from '../../../model/feed.ts';
import type { ListedMap, MapsLine, NotSeen } from '../../../protocol/maps.ts';

/** Maps that are told of each process; the largest. */
export const MOST_MAPS = 500;

/** What one look at the memory of a process found. */
export interface MapsFound {
  readonly maps: readonly MapState[];
  /** Maps that there are beyond those of the list. */
  readonly left: number;
  /** What was not seen of it, and why; empty where all was. */
  readonly notSeen: readonly NotSeen[];
}

/** What `maps` lists, as the feed has it. */
export function mapsFound(lines: readonly MapsLine[]): MapsFound {
  const listed = lines.filter((line) => line.type === 'found_map');
  const report = lines.find((line) => line.type === 'maps');
  const maps = listed.flatMap((map) => stateOf(map) ?? []);
  return {
    maps,
    left: Math.max(0, (report?.matching ?? maps.length) - maps.length),
    notSeen: report?.not_seen ?? [],
  };
}

/** Undefined of one without address, type or length: nothing could be kept under its name. */
function stateOf(map: ListedMap): MapState | undefined {
  const { address, map_type: mapType, len } = map;
  if (address === undefined || mapType === undefined || len === undefined) return undefined;
  return {
    mapType,
    mapAddress: address,
    ...(map.name === undefined ? {} : { name: map.name }),
    entries: len,
    ...(map.capacity === undefined ? {} : { capacity: map.capacity }),
    ...(map.bytes === undefined ? {} : { bytes: map.bytes }),
    ...(map.waste === undefined ? {} : { wasteBytes: map.waste }),
    ...(map.tombstones === undefined ? {} : { tombstones: map.tombstones }),
  };
}
