import { isMapauditError } from '../../base/errors.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type MapPlace, scanContext } from '../scan.ts';
import { scanSteps } from '../scan_map.ts';
import { keyHash } from './key_hash.ts';
import type { MemHash } from './mem_hash.ts';
import { controlOf, keyOfSlot, seedOf } from './slot_hash.ts';

/** So many keys tell. */
const ENOUGH = 64;
/** Fewer that are wrong may have been written to while they were read. */
const FEW = 2;

/**
 * Whether a map's keys are of the type that it is taken for: their hashes are then what their slots say. Undefined
 * where too few keys tell, or keys have none to be told by (NaN).
 */
export function keysFit(place: MapPlace, types: TypeReader, hash: MemHash): boolean | undefined {
  const header = scanContext(place, undefined).header();
  if (header === undefined) return undefined;
  const { memory, type } = place;
  let [right, wrong] = [0, 0];
  // Counted as they are read: taken for another type, a map's memory leads to where nothing is, and nothing is delivered.
  const steps = scanSteps<undefined>(place, {
    read: (block, at, _, { control }) => {
      if (right + wrong >= ENOUGH) return undefined;
      const key = keyOfSlot(memory, types, type, block, at);
      const its = key && keyHash(hash, types, type.key, key, seedOf(header));
      if (its !== undefined && controlOf(header.kind, its) === control) right++;
      // What cannot be read as a key is none.
      else if (its !== undefined || key === undefined) wrong++;
      return undefined;
    },
    deliver: () => undefined,
  });
  try {
    while (steps.next().done !== true && right + wrong < ENOUGH);
  } catch (error) {
    // Taken for another type a map looks damaged; what was read of it tells which of the two it is.
    if (!isMapauditError(error, 'damaged-map')) throw error;
  }
  if (right > wrong) return true;
  // Of other keys some fit by chance: one in 128.
  return wrong > FEW + right * 8 ? false : undefined;
}
