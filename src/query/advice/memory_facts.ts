import type { MemoryFacts } from '../../advice/facts.ts';
import { isMapauditError } from '../../base/errors.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { MapMeasure } from '../../inspect/measure/map_measure.ts';
import { measureMap } from '../../inspect/measure/measure_map.ts';
import type { MapPlace } from '../../inspect/scan.ts';
import { unitShape } from '../../inspect/slots.ts';

/** Measures a live map for advice; undefined when it is gone. */
export function memoryFacts(
  place: MapPlace,
  types: TypeReader,
): (MemoryFacts & { readonly len: number }) | undefined {
  try {
    const measure = measureMap(place, types);
    return { len: measure.entries, ...factsOf(measure), unitBytes: unitShape(place.type).bytes };
  } catch (error) {
    if (isMapauditError(error)) return undefined;
    throw error;
  }
}

/** What advice takes of a measured map. */
export const factsOf = ({ capacity, bytes, fresh, tombstones, overflow }: MapMeasure): MemoryFacts => ({
  capacity,
  bytes: bytes.total,
  freshBytes: fresh.make,
  ...(tombstones === undefined ? {} : { tombstones }),
  ...(overflow === undefined ? {} : { overflow: overflow.buckets }),
});
