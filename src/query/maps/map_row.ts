import type { FoundMap } from '../../inspect/find/found_map.ts';
import type { MapHeader } from '../../inspect/map_header.ts';
import type { MapFlavour } from '../../model/go_version.ts';
import { hex } from '../../model/addr.ts';
import type { ListedMap } from '../../protocol/maps.ts';

/** What a row tells of a map, whoever lists it. */
export type MapRow = Omit<ListedMap, 'type' | 'pid' | 'id'>;

/** What is known of a found map without looking into it. */
export function foundRow(map: FoundMap): MapRow {
  const { owner, where, part } = map;
  return {
    address: hex(map.header),
    kind: map.kind,
    map_type: map.type.name,
    ...(map.name === '' ? {} : { name: map.name }),
    ...(owner === undefined
      ? {}
      : {
          owner: {
            type: owner.type,
            field: owner.field,
            ...(owner.lock === undefined ? {} : { lock: owner.lock }),
          },
        }),
    ...(where === undefined ? {} : { local: where }),
    ...(part === undefined ? {} : { part_of: { sync_map: hex(part.syncMap), part: part.which } }),
    found: map.name === '' ? 'probe' : 'memory',
    advice: [],
  };
}

/** What a map's header tells. */
export function headRow(header: MapHeader, layout: MapFlavour): Partial<MapRow> {
  return { layout, len: header.count, ...stateOf(header) };
}

/** What a map is doing, and how far a migration has come. Swiss maps have none: they split at once. */
function stateOf(header: MapHeader): Pick<MapRow, 'state' | 'migrated'> {
  if (header.kind === 'classic' && header.oldbuckets !== 0) {
    const old = header.sameSizeGrow ? 2 ** header.B : 2 ** (header.B - 1);
    return { state: 'migrating', migrated: Math.min(1, header.nevacuate / old) };
  }
  return { state: header.writing ? 'writing' : 'still' };
}
