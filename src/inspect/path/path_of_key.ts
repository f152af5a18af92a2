import type { MapPlace } from '../scan.ts';
import { findKey, type PathOptions } from './find_key.ts';
import { heldTypes } from './held_types.ts';
import type { KeyPath } from './key_path.ts';
import { parseKey } from './parse_key.ts';

/** Follows the look-up of a key that a user has typed in Go syntax. Errors: `usage-key`, with a caret; `not-a-map`. */
export function keyPath(place: MapPlace, text: string, options: PathOptions): KeyPath {
  const { types } = options;
  const key = parseKey(text, types, place.type.key, () => heldTypes(place, types));
  return findKey(place, key, text.trim(), options);
}
