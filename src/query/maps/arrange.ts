import type { ListedMap, MapSort } from '../../protocol/maps.ts';

/** Which maps are wanted. */
export interface MapWish {
  readonly map?: string;
  readonly minLen: number;
  readonly sort: MapSort;
  readonly limit: number;
}

/** The maps that fit, in their order. */
export function arrange<M extends Arranged>(maps: readonly M[], { map, minLen, sort }: MapWish): M[] {
  const regex = map === undefined ? undefined : new RegExp(map);
  const matching = maps.filter((one) => fits(one, regex, minLen));
  const value = VALUE[sort];
  return matching.sort((a, b) => value(b) - value(a) || sizeOf(b) - sizeOf(a));
}

type Arranged = Omit<ListedMap, 'type' | 'pid' | 'id'>;

/** A map whose length is not known may have that many entries: a filter does not hide it. */
function fits({ map_type: type, name, owner, len }: Arranged, regex: RegExp | undefined, minLen: number): boolean {
  const texts = [type, name, owner === undefined ? undefined : `(*${owner.type}).${owner.field}`];
  if (regex !== undefined && !texts.some((text) => text !== undefined && regex.test(text))) return false;
  return len === undefined ? minLen <= 1 : len >= minLen;
}

const sizeOf = ({ bytes, len }: Arranged): number => bytes ?? len ?? -1;

/** Larger comes first; what is not known comes last. */
const VALUE: Readonly<Record<MapSort, (map: Arranged) => number>> = {
  bytes: ({ held_bytes: held, bytes }) => (held ?? 0) + (bytes ?? -1),
  waste: ({ waste }) => waste ?? -1,
  rate: ({ observed }) => observed?.rate ?? -1,
  growth: ({ observed }) => observed?.growth ?? -Infinity,
  // The oldest first: those that were there before the observation, then those that came.
  age: ({ fresh }) => (fresh === true ? 0 : 1),
};
