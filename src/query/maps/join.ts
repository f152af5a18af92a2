import type { FoundMaps } from '../../inspect/find/found_map.ts';
import type { Addr } from '../../model/addr.ts';
import type { MapRow } from './map_row.ts';
import type { MeasuredRow } from './measured_rows.ts';
import type { SeenMap } from './observed_maps.ts';

/** Entries by address of the header. */
export type Lengths = ReadonlyMap<Addr, number>;

/** What an observation told. */
export interface Observation {
  readonly seen: readonly SeenMap[];
  /** Entries more a second. */
  readonly growth: ReadonlyMap<Addr, number>;
  /** What was there when it began; undefined when that is not known, or not all of it. */
  readonly before: FoundMaps | undefined;
}

/** Rows with what was seen of their maps. */
export function joinObserved(rows: readonly MeasuredRow[], observation: Observation): MapRow[] {
  const seen = new Map(observation.seen.map((map) => [map.address, map.observed]));
  const before =
    observation.before === undefined ? undefined : new Set(observation.before.maps.map((map) => map.header));
  return rows.map(({ row, map }) => {
    const observed = seen.get(map.header);
    const growth = observation.growth.get(map.header);
    const young = before !== undefined && !before.has(map.header) && row.found === 'memory';
    return {
      ...row,
      ...(young ? { fresh: true as const } : {}),
      ...(observed === undefined
        ? {}
        : { observed: growth === undefined ? observed : { ...observed, growth } }),
    };
  });
}
