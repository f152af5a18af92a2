import type { InspectedPlace, InspectedSyncPlace, InspectedUnit } from '../../protocol/inspect.ts';

/** `b17:3` slot 3 of bucket 17; `b17+2:3` of its second overflow bucket; `old b17:3`; `t4 g9:3` group 9 of table 4; of a sync.Map `depth 3:12`, `read`. */
export function slotLabel(place: InspectedPlace | InspectedSyncPlace): string {
  if (!('slot' in place)) return place.part;
  if (place.part === 'trie')
    return `depth ${place.depth}:${place.slot}${place.overflow > 0 ? `+${place.overflow}` : ''}`;
  return `${unitLabel(place)}:${place.slot}`;
}

/** A bucket or group in a few letters. */
export function unitLabel({ part, index, table, depth, old }: InspectedUnit): string {
  if (part === 'group') return `t${table ?? 0} g${index}`;
  return `${old === true ? 'old ' : ''}b${index}${depth === undefined ? '' : `+${depth}`}`;
}
