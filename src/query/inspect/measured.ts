import { isMapauditError } from '../../base/errors.ts';
import type { MemHash } from '../../inspect/hash/mem_hash.ts';
import { processHash } from '../../inspect/hash/process_hash.ts';
import type { HeldBytes } from '../../inspect/measure/held.ts';
import type { MapMeasure } from '../../inspect/measure/map_measure.ts';
import { measureMap } from '../../inspect/measure/measure_map.ts';
import { imageOf } from '../../inspect/place/image.ts';
import type { Program } from '../../inspect/place/program.ts';
import type { MapPlace } from '../../inspect/scan.ts';
import type {
  InspectedHeld,
  InspectedMap,
  InspectedSizes,
  InspectedSpread,
  InspectOptions,
} from '../../protocol/inspect.ts';

/** Looking at all slots for a size alone is worth it up to so many entries. */
const FEW_ENTRIES = 1 << 20;

/** Measures a map; undefined when it is none any more. */
export function measured(
  program: Program,
  place: MapPlace,
  { held, spread }: Pick<InspectOptions, 'held' | 'spread'>,
  len: number,
): MapMeasure | undefined {
  const { types } = program;
  const slots = held === true || spread === true || len <= FEW_ENTRIES;
  try {
    return measureMap(place, types, {
      slots,
      ...(held === true ? { held: { isImage: imageOf(program) } } : {}),
      ...(spread === true ? { spread: { hash: hashOf(program) } } : {}),
    });
  } catch (error) {
    if (isMapauditError(error)) return undefined;
    throw error;
  }
}

/** The hash functions of a program; undefined when they are not known. */
export const hashOf = ({ binary, memory, bias }: Program): MemHash | undefined =>
  processHash(binary, memory, bias);

/** What was measured, as it is printed. */
export function sizesLine(measure: MapMeasure): Pick<InspectedMap, 'bytes' | 'sizes' | 'held' | 'spread'> {
  return {
    bytes: measure.bytes.total,
    sizes: sizesOf(measure),
    ...(measure.held === undefined ? {} : { held: heldOf(measure.held) }),
    ...(measure.spread === undefined ? {} : { spread: spreadOf(measure.spread) }),
  };
}

function sizesOf({ bytes, fresh, waste }: MapMeasure): InspectedSizes {
  const { header, buckets, oldBuckets, overflow, directory, tables, groups, indirect } = bytes;
  const parts = { buckets, old_buckets: oldBuckets, overflow, directory, tables, groups, indirect };
  const some = Object.fromEntries(Object.entries(parts).filter(([, n]) => n > 0));
  return { header, ...some, fresh, waste };
}

/** What keys and values refer to, as it is printed. */
export const heldOf = ({ keys, elems, ...rest }: HeldBytes): InspectedHeld => ({
  keys,
  values: elems,
  ...rest,
});

function spreadOf(spread: NonNullable<MapMeasure['spread']>): InspectedSpread {
  const { over, places, keys, sampled, entropy, goodEntropy, evenEntropy, test, collisions } = spread;
  const { sameControl, expected, sameHash } = collisions;
  return {
    over,
    places,
    keys,
    ...(sampled ? { sampled } : {}),
    entropy: rounded(entropy),
    good_entropy: rounded(goodEntropy),
    even_entropy: rounded(evenEntropy),
    ...(test === undefined
      ? {}
      : {
          chi_square: {
            value: rounded(test.chiSquare),
            degrees: test.degrees,
            z: rounded(test.z),
            p: test.p,
          },
        }),
    histogram: spread.histogram,
    lengths: spread.lengths,
    same_control: sameControl,
    same_control_expected: rounded(expected),
    ...(sameHash === undefined ? {} : { same_hash: sameHash }),
  };
}

const rounded = (n: number): number => Math.round(n * 1000) / 1000;
