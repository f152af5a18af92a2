import { MapauditError } from '../../base/errors.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import type { TypedKey } from '../expr/evaluate.ts';
import { type Place, placeOfBytes } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { ANY } from './any_value.ts';
import { findSyncKey } from './find_sync_key.ts';
import { syncMapPlace } from './scan_sync_map.ts';

/** Only the place of the value counts. */
const NOTHING_SHOWN = { text: 0, items: 0, pointers: 0 };

/** The type of what a sync.Map holds. */
const ANY_TYPE: GoType = {
  name: 'interface {}',
  fullName: 'interface {}',
  kind: 'interface',
  size: ANY,
  descriptor: undefined,
  elem: () => undefined,
  key: () => undefined,
  fields: () => undefined,
  length: () => undefined,
  hasMethods: () => false,
};

/**
 * The value of a key in a sync.Map, an `any`, as it was when it was seen to be stable; undefined when Load does not find
 * the key. Errors: `usage-key`; `wrong-key` for a variable, whose type in an `any` is not what is written.
 */
export function syncLookup(
  program: Program,
  map: Place,
  { text, place }: TypedKey,
  pause: () => boolean,
): Place | undefined {
  if (place !== undefined)
    throw new MapauditError('wrong-key', `${text} is a variable: a key of a sync.Map is written out here`, {
      fields: { key: text },
      hint: 'Write 60, "text", int8(5) or main.ID(4).',
    });
  if (map.address === undefined) return undefined;
  const where = syncMapPlace(program, map.address, { limits: NOTHING_SHOWN, pause });
  const { value } = findSyncKey(where, text);
  return value === undefined ? undefined : placeOfBytes(value, ANY_TYPE);
}
