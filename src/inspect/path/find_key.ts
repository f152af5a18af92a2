import type { TypeReader } from '../../go/types/type_reader.ts';
import { entryVisitor, type MapEntry } from '../entries.ts';
import { keyHash } from '../hash/key_hash.ts';
import { type KeyValue, keysEqual } from '../hash/key_value.ts';
import type { MemHash } from '../hash/mem_hash.ts';
import { controlOf, keyOfSlot, seedOf } from '../hash/slot_hash.ts';
import type { ValueLimits } from '../live_value.ts';
import type { MapHeader } from '../map_header.ts';
import { type MapPlace, scanContext } from '../scan.ts';
import { notAMap, scanMap } from '../scan_map.ts';
import { settle } from '../settle.ts';
import { followClassic, type Followed, followSwiss } from './follow.ts';
import { elementOf, type FoundElement } from './found_element.ts';
import type { KeyPath } from './key_path.ts';
import { Looker } from './looker.ts';

/** What following a key needs beside the map. */
export interface PathOptions {
  readonly types: TypeReader;
  /** The hash functions of the process; without them all slots are compared. */
  readonly hash: MemHash | undefined;
  /** How much of the element is shown. */
  readonly limits: ValueLimits;
  /** Also in a map without entries the way is followed: to where the key would be put. */
  readonly throughEmpty?: true;
}

/** How often a way that changed meanwhile is followed again, with a pause after so many. */
const TRIES = 64;
const AT_ONCE = 16;

/**
 * Follows the look-up of a key through a map that a program may be using, without stopping it. The way is the one
 * that the runtime takes, provided that its hash functions agree with what the slots on it say; else all slots are
 * compared. Errors: `not-a-map`.
 */
export function findKey(place: MapPlace, key: KeyValue, text: string, options: PathOptions): KeyPath {
  const { types, hash, limits } = options;
  const now = scanContext(place, undefined).header;
  let last: KeyPath | undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt >= AT_ONCE) place.pause();
    const header = now();
    if (header === undefined) continue;
    const plain = {
      key: text,
      header,
      steps: [],
      start: undefined,
      found: undefined,
      element: undefined,
      hashChecked: 0,
    };
    const none = { ...plain, hash: undefined, control: undefined, consistent: true };
    if (!keysEqual(types, place.type.key, key, key)) return { ...none, end: 'never-equal' };
    const seed = seedOf(header);
    const h = hash === undefined ? undefined : keyHash(hash, types, place.type.key, key, seed);
    if (hash === undefined || h === undefined) return compareAll(place, key, text, options, header);
    const control = controlOf(header.kind, h);
    const wanted = { key, hash: h, control, seed };
    const looker = new Looker(place, types, hash, limits);
    const isBare = isWithoutUnits(header) || (header.count === 0 && options.throughEmpty !== true);
    const way = isBare ? 'map-is-empty' : follow(header, wanted, looker);
    const after = now();
    if (way === undefined) continue;
    const settled = !place.type.indirectElem || settle(place);
    const same =
      settled && after !== undefined && isSamePlace(header, after) && !after.writing && looker.isSame();
    const found = { ...plain, hash: h, control, hashChecked: looker.agreed, consistent: same };
    last =
      way === 'map-is-empty'
        ? { ...found, end: way }
        : {
            ...found,
            start: way.start,
            steps: way.steps,
            end: way.then,
            found: way.found,
            element: way.element,
          };
    if (!same) continue;
    if (looker.disagreed > 0) return compareAll(place, key, text, options, header);
    return last;
  }
  if (last === undefined) throw notAMap(place);
  return place.type.indirectElem ? withoutElement(last) : last;
}

/** An element that is written to all the time, outside of its slot, may be half of one value and half of another. */
function withoutElement(path: KeyPath): KeyPath {
  if (path.found === undefined) return path;
  const value = { text: '…', truncated: false, unreadable: true };
  return { ...path, found: { ...path.found, value }, element: undefined };
}

const isWithoutUnits = (header: MapHeader): boolean =>
  header.kind === 'classic' ? header.buckets === 0 : header.dirPtr === 0;

type Way = Parameters<typeof followClassic>[1];

const follow = (header: MapHeader, wanted: Way, looker: Looker): Followed | undefined =>
  header.kind === 'classic' ? followClassic(header, wanted, looker) : followSwiss(header, wanted, looker);

/** Writes to other places may have changed its count, but the key's place is still the same. */
function isSamePlace(a: MapHeader, b: MapHeader): boolean {
  if (a.kind === 'swiss' && b.kind === 'swiss')
    return a.seed === b.seed && a.dirPtr === b.dirPtr && a.dirLen === b.dirLen;
  if (a.kind === 'swiss' || b.kind === 'swiss') return false;
  return a.hash0 === b.hash0 && a.buckets === b.buckets && a.B === b.B && a.oldbuckets === b.oldbuckets;
}

interface Found {
  readonly entry: MapEntry;
  readonly element: FoundElement | undefined;
}

/** Compares the key with every slot. */
function compareAll(
  place: MapPlace,
  key: KeyValue,
  text: string,
  { types, limits }: PathOptions,
  header: MapHeader,
): KeyPath {
  const { memory, type, pause } = place;
  const entries = entryVisitor(type, { memory, types, limits, pause }, () => undefined);
  const found: Found[] = [];
  let seen = 0;
  const scan = scanMap<Found | undefined>(
    { ...place, whole: true },
    {
      read: (block, keyAt, elemAt, slot) => {
        const other = keyOfSlot(memory, types, type, block, keyAt);
        const equal = other !== undefined && keysEqual(types, type.key, key, other);
        if (!equal) return undefined;
        const element = elementOf(memory, types, type, block, elemAt, slot);
        return { entry: entries.read(block, keyAt, elemAt, slot), element };
      },
      deliver: (one) => {
        if (one !== undefined) found.push(one);
      },
      identity: () => String(seen++),
    },
  );
  const [{ entry, element } = { entry: undefined, element: undefined }] = found;
  return {
    key: text,
    hash: undefined,
    control: entry?.slot.control,
    start: undefined,
    steps: [],
    end: entry === undefined ? 'all-slots-compared' : 'found',
    found: entry,
    element,
    hashChecked: 0,
    header,
    consistent: scan.totals.unstable === 0,
  };
}
