import { MapauditError } from '../base/errors.ts';
import { hashOf } from '../query/inspect/measured.ts';
import { Patience } from '../query/inspect/patience.ts';
import { findSubject } from '../query/inspect/subject.ts';
import type { KeyPath } from '../inspect/path/key_path.ts';
import { findKey } from '../inspect/path/find_key.ts';
import { heldTypes } from '../inspect/path/held_types.ts';
import { parseKey } from '../inspect/path/parse_key.ts';
import { slotParts } from '../inspect/path/slot_parts.ts';
import type { Place, PlaceSource } from '../probe/watch/place.ts';
import type { Notice } from '../protocol/notice.ts';
import type { WatchedKeyOf } from '../protocol/watch.ts';
import { pause } from '../sys/pause.ts';
import { programOf } from './inspect.ts';
import type { Target } from './target.ts';

/** So long is the map looked for. */
const SEARCH_MS = 10_000;
/** How much of the element is read on the way to its key: nothing of it is shown. */
const LIMITS = { text: 0, items: 0, pointers: 0 };

/** Where a key's slot is, however the map grows; with what happened to it since it was asked last. */
export interface WatchedKey extends PlaceSource {
  takeNotices(): Notice[];
}

/** The slot of one key of a map. Errors: those of `findSubject` and `parseKey`. */
export function watchedKey(target: Target, { subject, key: text }: WatchedKeyOf): WatchedKey {
  const program = programOf(target);
  const { memory, types } = program;
  const found = findSubject(program, subject, new Patience(SEARCH_MS, pause));
  if ('syncMap' in found)
    throw new MapauditError(
      'sync-map',
      `${found.name ?? 'this'} is a sync.Map, whose slots are not watched`,
      {
        hint: 'Watch an address: --address 0xc000123450.',
      },
    );
  const { type, address } = found;
  const place = { memory, type, address, pause };
  const key = parseKey(text, types, type.key, () => heldTypes(place, types));
  const options = { types, hash: hashOf(program), limits: LIMITS };
  let notices: Notice[] = [];
  let slot: string | undefined;
  const say = (level: Notice['level'], code: string, message: string): void => {
    notices.push({ type: 'notice', level, code, message });
  };
  return {
    resolve: () => {
      const path = findKey(place, key, text, options);
      if (!path.consistent) return undefined;
      const now = slotName(path);
      if (now !== slot) say('info', ...change(text, slot, now));
      slot = now;
      return path.found === undefined ? [] : slotParts(type, types, memory, path.found.slot).map(placeOf);
    },
    takeNotices: () => {
      const said = notices;
      notices = [];
      return said;
    },
  };
}

const placeOf = ({ label, address, length }: Place & { label: string }): Place => ({
  label,
  address,
  length,
});

/** '' when the key is not in the map. */
function slotName({ found }: KeyPath): string {
  if (found === undefined) return '';
  const { part, index, slot, table, depth } = found.slot;
  const within = depth > 0 ? `${part} ${depth} of bucket ${index}` : `${part} ${index}`;
  return `slot ${slot} of ${within}${part === 'group' ? ` in table ${table}` : ''}`;
}

function change(key: string, before: string | undefined, now: string): [string, string] {
  if (now === '') {
    const message = before === undefined ? `${key} is not in the map` : `${key} is not in the map any more`;
    return ['key-absent', `${message}; it is watched from when it is`];
  }
  if (before === undefined) return ['key-found', `${key} is in ${now}`];
  if (before === '') return ['key-found', `${key} is in the map now: ${now}`];
  return ['key-moved', `${key} has moved from ${before} to ${now}`];
}
