import type { TypeReader } from '../../go/types/type_reader.ts';
import { type MapPlace, scanContext } from '../scan.ts';
import { scanSteps } from '../scan_map.ts';
import { keyHash } from './key_hash.ts';
import type { MemHash } from './mem_hash.ts';
import { controlOf, keyOfSlot, seedOf } from './slot_hash.ts';

/** So many keys tell. */
const ENOUGH = 16;
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
  const steps = scanSteps<boolean | undefined>(place, {
    read: (block, at, _, { control }) => {
      const key = keyOfSlot(memory, types, type, block, at);
      // What cannot be read as a key is none.
      if (key === undefined) return false;
      const its = keyHash(hash, types, type.key, key, seedOf(header));
      return its === undefined ? undefined : controlOf(header.kind, its) === control;
    },
    deliver: (fits) => {
      if (fits === true) right++;
      if (fits === false) wrong++;
    },
  });
  while (steps.next().done !== true && right + wrong < ENOUGH);
  if (right > wrong) return true;
  // Of other keys some fit by chance: one in 128.
  return wrong > FEW + right * 8 ? false : undefined;
}
