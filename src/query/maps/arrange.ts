import { ownerField } from '../../model/owner_field.ts';
import type { MapSort } from '../../protocol/maps.ts';
import type { MapRow } from './map_row.ts';

/** Which maps are wanted. */
export interface MapWish {
  readonly map?: string;
  readonly minLen: number;
  readonly sort: MapSort;
}

/** The maps that fit, in their order. */
export function arrange(maps: readonly MapRow[], { map, minLen, sort }: MapWish): MapRow[] {
  const regex = map === undefined ? undefined : new RegExp(map);
  const matching = maps.filter((one) => fits(one, regex, minLen));
  const value = VALUE[sort];
  return matching.sort((a, b) => value(b) - value(a) || sizeOf(b) - sizeOf(a));
}

/** A map whose length is not known may have that many entries: a filter does not hide it. */
function fits(
  { map_type: type, name, owner, len }: MapRow,
  regex: RegExp | undefined,
  minLen: number,
): boolean {
  const texts = [type, name, owner === undefined ? undefined : ownerField(owner)];
  if (regex !== undefined && !texts.some((text) => text !== undefined && regex.test(text))) return false;
  return len === undefined ? minLen <= 1 : len >= minLen;
}

const sizeOf = ({ bytes, len }: MapRow): number => bytes ?? len ?? -1;

/** Larger comes first; what is not known comes last. */
const VALUE: Readonly<Record<MapSort, (map: MapRow) => number>> = {
  bytes: ({ held_bytes: held, bytes }) => (held ?? 0) + (bytes ?? -1),
  waste: ({ waste }) => waste ?? -1,
  rate: ({ observed }) => observed?.rate ?? -1,
  growth: ({ observed }) => observed?.growth ?? -Infinity,
  // The oldest first: those that were there before the observation, then those that came.
  age: ({ fresh }) => (fresh === true ? 0 : 1),
};
