import { isMapauditError, MapauditError } from '../base/errors.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { keysEqual } from '../inspect/hash/key_value.ts';
import { keyOfSlot } from '../inspect/hash/slot_hash.ts';
import { isFull, unitShape } from '../inspect/slots.ts';
import { findKey } from '../inspect/path/find_key.ts';
import { heldTypes } from '../inspect/path/held_types.ts';
import type { KeyPath } from '../inspect/path/key_path.ts';
import { parseKey } from '../inspect/path/parse_key.ts';
import { hasPointee } from '../inspect/path/slot_parts.ts';
import { fieldPlace, type RangeChoice } from '../inspect/path/watch_ranges.ts';
import { type Addr, addr, hex } from '../model/addr.ts';
import type { Place, PlaceSource } from '../probe/watch/place.ts';
import type { WatchHit } from '../probe/watch/watch_hit.ts';
import type { Notice } from '../protocol/notice.ts';
import type { KeyBytes, Watching, WatchedBytes, WatchedKeyOf } from '../protocol/watch.ts';
import { hashOf } from '../query/inspect/measured.ts';
import { Patience } from '../query/inspect/patience.ts';
import { findSubject } from '../query/inspect/subject.ts';
import { pause } from '../sys/pause.ts';
import { programOf } from './inspect.ts';
import type { Target } from './target.ts';
import {
  absentPlaces,
  type Meaning,
  type MeantPlace,
  presentPlaces,
  type SlotPlaces,
} from './watched_slot.ts';

/** So long is the map looked for. */
const SEARCH_MS = 10_000;
/** Of the tophashes that stand for no entry, those above are of entries that a growth has moved: go1.23.12 src/runtime/map.go, emptyOne. */
const EMPTY_ONE = 1;
/** How much of the element is read on the way to its key: nothing of it is shown. */
const LIMITS = { text: 0, items: 0, pointers: 0 };

/** How often what happened to the key. */
export interface KeyTotals {
  readonly moves: number;
  readonly gone: number;
  readonly returned: number;
  readonly retargeted: number;
}

/** A hit that has to do with the key. */
export interface KeyHit {
  readonly hit: WatchHit;
  readonly meaning: Meaning | undefined;
}

/** Where a key's slot is, however the map grows. */
export interface WatchedKey extends PlaceSource {
  /** What is watched now. */
  readonly watching: WatchedBytes;
  readonly totals: KeyTotals;
  /** What happened to the slot since this was asked last. */
  takeNews(): (Notice | Watching)[];
  /** Undefined for a hit that concerns other keys only. */
  meant(hit: WatchHit): KeyHit | undefined;
}

/** The slot of one key of a map. Errors: those of `findSubject`, `parseKey`, `fieldPlace` and `watchedRanges`. */
export function watchedKey(target: Target, { subject, key: text, bytes }: WatchedKeyOf): WatchedKey {
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
  const choice = rangeChoice(types, type.elem, bytes);
  const options = { types, hash: hashOf(program), limits: LIMITS, throughEmpty: true } as const;
  const { kind } = unitShape(type);
  return new FollowedKey(text, {
    isDeleted: (control) => (kind === 'swiss' ? !isFull(kind, control) : control <= EMPTY_ONE),
    look: () => findKey(place, key, text, options),
    places: (path) =>
      path.found === undefined
        ? absentPlaces(path, address, type)
        : presentPlaces(path.found.slot, type, types, memory, choice),
    isKeyAt: (unit, slot) => {
      const { bytes: size, keysAt, keyStride } = unitShape(type);
      const block = memory.read(unit, size)?.slice();
      const at = keysAt + slot * keyStride;
      const other = block === undefined ? undefined : keyOfSlot(memory, types, type, block, at);
      return other !== undefined && keysEqual(types, type.key, key, other);
    },
  });
}

/** Where to look, and what to watch there. */
interface KeyMemory {
  readonly look: () => KeyPath;
  readonly places: (path: KeyPath) => SlotPlaces;
  /** Whether a slot of this bucket or group has the key's bytes, full or not. */
  readonly isKeyAt: (unit: Addr, slot: number) => boolean;
  /** Whether this tophash or control byte says that its entry was deleted; not that it was moved on. */
  readonly isDeleted: (control: number) => boolean;
}

class FollowedKey implements WatchedKey {
  readonly #key: string;
  readonly #memory: KeyMemory;
  #news: (Notice | Watching)[] = [];
  /** Address of the slot's tophash or control byte; 0 while the key is away. */
  #slot: number | undefined;
  #slotName = '';
  #isFirst = true;
  #watching: WatchedBytes;
  #meanings = new WeakMap<Place, Meaning>();
  #current: readonly MeantPlace[] = [];
  #totals = { moves: 0, gone: 0, returned: 0, retargeted: 0 };
  /** Changes that are not told yet: hits say what they were. */
  #changes: Change[] = [];
  /** Tophashes or control bytes that were seen to be emptied since changes were told. */
  readonly #deleted = new Set<number>();

  constructor(key: string, memory: KeyMemory) {
    this.#key = key;
    this.#memory = memory;
    this.#watching = { key, present: false, parts: [], places: [] };
  }

  get watching(): WatchedBytes {
    return this.#watching;
  }

  get totals(): KeyTotals {
    return this.#totals;
  }

  readonly resolve = (): readonly Place[] | undefined => {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const path = this.#look(isFirst);
    if (path?.consistent !== true) return undefined;
    const { places, parts } = this.#memory.places(path);
    if (isSame(places, this.#current) && !isFirst) return this.#current;
    this.#noteSlot(path);
    this.#current = places;
    for (const place of places) this.#meanings.set(place, place.meaning);
    this.#watching = {
      key: this.#key,
      present: path.found !== undefined,
      ...(path.found === undefined ? {} : { slot: this.#slotName }),
      parts,
      places: places.map(({ address, length, label }) => ({ address: hex(address), length, label })),
    };
    if (!isFirst) this.#news.push({ type: 'watching', ...this.#watching });
    return places;
  };

  takeNews(): (Notice | Watching)[] {
    const notices = this.#changes.map((one): Notice => {
      const [code, message] = change(this.#key, this.#count(one));
      return { type: 'notice', level: 'info', code, message };
    });
    const news = [...notices, ...this.#news];
    this.#changes = [];
    this.#deleted.clear();
    this.#news = [];
    return news;
  }

  /** A slot that was emptied before the key was found elsewhere: it was deleted and inserted, and not moved. */
  #count(one: Change): Change {
    const { before, now } = one;
    if (before === undefined) return one;
    const deleted = before !== 0 && now !== 0 && this.#deleted.has(before);
    if (now === 0 || deleted) this.#totals.gone++;
    if (before === 0 || deleted) this.#totals.returned++;
    if (before !== 0 && now !== 0 && !deleted) this.#totals.moves++;
    return deleted ? { ...one, deleted } : one;
  }

  meant(hit: WatchHit): KeyHit | undefined {
    const meaning = this.#meanings.get(hit.place);
    const control = hit.after?.bytes[0];
    if (meaning?.kind === 'part' && meaning.part === 'control' && control !== undefined)
      if (this.#memory.isDeleted(control)) this.#deleted.add(hit.place.address);
    return meaning?.kind === 'controls' ? this.#insertOf(hit, meaning.control) : { hit, meaning };
  }

  /** A map that cannot be read is an error at first only: later the process may be on its way out. */
  #look(isFirst: boolean): KeyPath | undefined {
    try {
      return this.#memory.look();
    } catch (error) {
      if (isFirst || !isMapauditError(error)) throw error;
      return undefined;
    }
  }

  /**
   * One of eight tophash or control bytes was written: tell it if that one is the key's. That is certain when the key
   * is in the map there now; and when it lies there still although it has gone again, or the map has moved it on.
   */
  #insertOf(hit: WatchHit, control: number): KeyHit | undefined {
    const { place, before, after } = hit;
    if (after === undefined) return undefined;
    const at = [...after.bytes.keys()].find(
      (i) =>
        after.bytes[i] === control &&
        before?.bytes[i] !== control &&
        (place.address + i === this.#slot || this.#memory.isKeyAt(place.address, i)),
    );
    if (at === undefined) return undefined;
    const byteOf = <T extends { readonly bytes: Uint8Array }>(value: T): T => ({
      ...value,
      bytes: value.bytes.slice(at, at + 1),
    });
    const own = this.#current.find(({ meaning }) => meaning.kind === 'part' && meaning.part === 'control');
    const narrow: WatchHit = {
      ...hit,
      place: { address: addr(place.address + at), length: 1, label: own?.label ?? 'control byte' },
      ...(before === undefined ? {} : { before: byteOf(before) }),
      after: byteOf(after),
    };
    return { hit: narrow, meaning: own?.meaning };
  }

  #noteSlot(path: KeyPath): void {
    const before = this.#slot;
    const slot = path.found?.slot;
    const now = slot === undefined ? 0 : slot.address + slot.slot;
    if (now === before) {
      if (now !== 0) this.#totals.retargeted++;
      return;
    }
    const nameBefore = this.#slotName;
    this.#slot = now;
    this.#slotName = slotName(path);
    this.#changes.push({ before, nameBefore, now, name: this.#slotName });
  }
}

const isSame = (a: readonly MeantPlace[], b: readonly MeantPlace[]): boolean =>
  a.length === b.length &&
  a.every(
    ({ address, length, label }, i) =>
      address === b[i]?.address && length === b[i].length && label === b[i].label,
  );

/** What the options mean for this type of element. Errors: `no-such-part`, and those of `fieldPlace`. */
function rangeChoice(types: TypeReader, elem: Addr, bytes: KeyBytes | undefined): RangeChoice {
  const { parts, field, offset, length } = bytes ?? {};
  if (parts?.includes('pointee') === true && !hasPointee(types, elem))
    throw new MapauditError(
      'no-such-part',
      `an element of type ${types.nameOf(elem) ?? '?'} points to nothing that could be watched`,
      { hint: 'Choose --part elem.' },
    );
  if (field !== undefined) {
    const place = fieldPlace(types, elem, field);
    const range = { offset: place.offset + (offset ?? 0), length: length ?? place.length - (offset ?? 0) };
    return { parts: [place.part, 'control'], range };
  }
  if (offset === undefined && length === undefined) return parts === undefined ? {} : { parts };
  const range = { offset: offset ?? 0, ...(length === undefined ? {} : { length }) };
  return { ...(parts === undefined ? {} : { parts }), range };
}

/** '' when the key is not in the map. */
function slotName({ found }: KeyPath): string {
  if (found === undefined) return '';
  const { part, index, slot, table, depth } = found.slot;
  const within = depth > 0 ? `${part} ${depth} of bucket ${index}` : `${part} ${index}`;
  return `slot ${slot} of ${within}${part === 'group' ? ` in table ${table}` : ''}`;
}

interface Change {
  readonly before: number | undefined;
  readonly nameBefore: string;
  readonly now: number;
  readonly name: string;
  /** It was deleted, and inserted again, between two looks. */
  readonly deleted?: boolean;
}

function change(
  key: string,
  { before, nameBefore, now, name, deleted }: Change,
): [code: string, message: string] {
  if (now === 0) {
    const message = before === undefined ? `${key} is not in the map` : `${key} is not in the map any more`;
    return ['key-absent', `${message}; watched is where an insert would put it`];
  }
  if (before === undefined) return ['key-found', `${key} is in ${name}`];
  if (before === 0) return ['key-found', `${key} is in the map now: ${name}`];
  if (deleted === true) return ['key-found', `${key} was deleted and inserted again: ${name}`];
  const to = name === nameBefore ? `${name} of new memory` : name;
  return ['key-moved', `${key} has moved from ${nameBefore} to ${to}`];
}
