import { view } from '../../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { PathThen } from '../../model/path_then.ts';
import type { MapEntry } from '../entries.ts';
import { h1 } from '../hash/slot_hash.ts';
import type { ClassicHeader, SwissHeader } from '../map_header.ts';
import { TABLE_BYTES, tableOf } from '../measure/structure.ts';
import { isEvacuated, type UnitPlace } from '../slots.ts';
import type { FoundElement } from './found_element.ts';
import type { PathStart, PathStep, SlotLook } from './key_path.ts';
import { type LookedAt, type Looker, plainUnit, type Wanted } from './looker.ts';

/** A look-up that was followed to its end. */
export interface Followed {
  readonly start: PathStart;
  readonly steps: readonly PathStep[];
  readonly then: PathThen;
  readonly found: MapEntry | undefined;
  readonly element: FoundElement | undefined;
}

/** Chains longer than this are not: something changed. */
const MOST_CHAIN = 10_000;
const EMPTY = 0x80;
/** used, capacity, growthLeft, localDepth. */
const COUNTS_BYTES = 8;

/**
 * go1.23.12 src/runtime/map.go, mapaccess1: the low bits number the bucket; while a growth is under way the old
 * one counts until it is evacuated. Undefined when something cannot be read.
 */
export function followClassic(header: ClassicHeader, wanted: Wanted, looker: Looker): Followed | undefined {
  const { bytes: size } = looker.shape;
  const numberOf = (buckets: number): number => Number(wanted.hash & BigInt(buckets - 1));
  const buckets = 2 ** header.B;
  const oldBuckets = header.sameSizeGrow ? buckets : buckets / 2;
  let first = plainUnit('bucket', numberOf(buckets), addr(header.buckets + numberOf(buckets) * size));
  let old: Extract<PathStart, { kind: 'classic' }>['old'];
  if (header.oldbuckets !== 0) {
    const bucket = numberOf(oldBuckets);
    const at = addr(header.oldbuckets + bucket * size);
    const mark = looker.read(at, 1)?.[0];
    if (mark === undefined) return undefined;
    old = { bucket, buckets: oldBuckets, evacuated: isEvacuated(mark) };
    if (!old.evacuated) first = { ...plainUnit('bucket', bucket, at), old: true };
  }
  const start: PathStart = { kind: 'classic', bucket: numberOf(buckets), buckets, old };
  const steps: PathStep[] = [];
  for (let unit: UnitPlace = first; unit.depth < MOST_CHAIN;) {
    const looked = looker.look(unit, wanted);
    if (looked === undefined) return undefined;
    // The last word of a bucket: go1.23.12 src/runtime/map.go, bmap.overflow.
    const next = addr(Number(view(looked.bytes).getBigUint64(size - 8, true)));
    const then = classicThen(looked.slots, looked.found, next);
    steps.push(stepOf(unit, looked.slots, then));
    if (then !== 'next-overflow') return { start, steps, then, ...foundIn(looked) };
    unit = { ...unit, part: 'overflow', depth: unit.depth + 1, address: next };
  }
  return undefined;
}

function classicThen(slots: readonly SlotLook[], found: MapEntry | undefined, next: Addr): PathThen {
  if (found !== undefined) return 'found';
  if (slots.at(-1)?.state === 'rest-is-empty') return 'rest-is-empty';
  return next === 0 ? 'end-of-chain' : 'next-overflow';
}

/**
 * go1.26.8 src/internal/runtime/maps: the high bits (as many as the directory is deep) number the table, h1 the
 * group in which the search begins; then on in triangular steps up to a group with an empty slot.
 */
export function followSwiss(header: SwissHeader, wanted: Wanted, looker: Looker): Followed | undefined {
  if (header.dirLen === 0) return onlyGroup(header, wanted, looker);
  const entry = Number(wanted.hash >> BigInt(64 - header.globalDepth));
  const pointer = looker.read(header.dirPtr + entry * 8, 8);
  if (pointer === undefined) return undefined;
  const address = addr(Number(view(pointer).getBigUint64(0, true)));
  // Its counts may change with any write; what matters are its place in the directory and its groups.
  const bytes = looker.peek(address, TABLE_BYTES);
  looker.read(address + COUNTS_BYTES, TABLE_BYTES - COUNTS_BYTES);
  const table = bytes === undefined ? undefined : tableOf(bytes, address, entry);
  if (table === undefined) return undefined;
  const { groups, groupCount } = table;
  const first = entry - (entry % 2 ** Math.max(0, header.globalDepth - table.localDepth));
  let index = Number(h1(wanted.hash) & BigInt(groupCount - 1));
  const start: PathStart = {
    kind: 'swiss',
    directory: { entry, length: header.dirLen },
    table: address,
    first,
    group: index,
    groups: groupCount,
  };
  const steps: PathStep[] = [];
  for (let n = 0; n < groupCount; n++) {
    const at = addr(groups + index * looker.shape.bytes);
    const unit = { ...plainUnit('group', index, at), table: first };
    const looked = looker.look(unit, wanted);
    if (looked === undefined) return undefined;
    const empty = looked.bytes.subarray(0, 8).includes(EMPTY);
    const last = n + 1 === groupCount ? 'end-of-table' : 'next-group';
    const then = looked.found !== undefined ? 'found' : empty ? 'empty-slot' : last;
    steps.push(stepOf(unit, looked.slots, then));
    if (then !== 'next-group') return { start, steps, then, ...foundIn(looked) };
    index = (index + n + 1) & (groupCount - 1);
  }
  return undefined;
}

function onlyGroup(header: SwissHeader, wanted: Wanted, looker: Looker): Followed | undefined {
  const unit = plainUnit('group', 0, header.dirPtr);
  const looked = looker.look(unit, wanted);
  if (looked === undefined) return undefined;
  const start: PathStart = {
    kind: 'swiss',
    directory: undefined,
    table: undefined,
    first: 0,
    group: 0,
    groups: 1,
  };
  const then = looked.found === undefined ? 'only-group' : 'found';
  return { start, steps: [stepOf(unit, looked.slots, then)], then, ...foundIn(looked) };
}

const foundIn = ({ found, element }: LookedAt): Pick<Followed, 'found' | 'element'> => ({ found, element });

const stepOf = (
  { part, index, depth, old, address }: UnitPlace,
  slots: readonly SlotLook[],
  then: PathThen,
): PathStep => ({ part, index, depth, old, address, slots, then });
