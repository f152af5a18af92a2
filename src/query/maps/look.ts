import { findMapsWithoutDebug } from '../../inspect/find/bare.ts';
import { findMaps } from '../../inspect/find/find_maps.ts';
import { type FindLimits, type FoundMaps } from '../../inspect/find/found_map.ts';
import { valuesOf } from '../../inspect/find/map_values.ts';
import type { Program } from '../../inspect/place/program.ts';

/** A list is to be whole: the time that it takes ends it before these do. */
export const LOOK_LIMITS: FindLimits = { reads: 2_000_000, maps: 100_000, elements: 20_000, depth: 64 };

/** What looking takes from its surroundings. */
export interface LookTools {
  /** Waits for about a millisecond; false when there is no more waiting. */
  readonly pause: () => boolean;
  /** Says when it has taken long enough. */
  readonly stop: () => boolean;
}

/**
 * All maps that memory leads to: from variables and the stacks of goroutines, or without debug information from
 * what the runtime and the code tell; and all that these hold.
 */
export function lookForMaps(program: Program, { pause, stop }: LookTools): FoundMaps {
  const values = valuesOf(program, LOOK_LIMITS.elements, pause);
  const { debug } = program;
  return debug === undefined
    ? findMapsWithoutDebug(program, { limits: LOOK_LIMITS, values, stop })
    : findMaps(program, debug, { limits: LOOK_LIMITS, values, stop, stacks: true });
}
