import { view } from '../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../model/addr.ts';
import type { ClassicHeader } from './map_header.ts';
import { damagedMap } from './damaged.ts';
import type { ScanContext } from './scan.ts';
import { settle } from './settle.ts';
import { isEvacuated, type UnitPlace } from './slots.ts';
import { type Moment, readStable, type StableOutcome, type UnitBytes } from './stable_units.ts';
import { KeptUnits, takeUnit } from './unit_visit.ts';

/** Bytes of buckets that are read at once. */
const CHUNK_BYTES = 1 << 18;
/** How often a part may change its place under the scan before it is given up. */
const TRIES = 24;

/** What was kept of a part; told when all of it is done. */
interface Kept<T> {
  readonly units: KeptUnits<T>;
  overflow: number;
  longestChain: number;
  oldLeft: number;
  oldBuckets: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Scans a classic map. Entries never leave their bucket, except that a growth moves those of bucket i of n to
 * i and i + n: so a part is everything whose number is i modulo the number of buckets at the beginning, however
 * often the map grows meanwhile. While it migrates, the old buckets of a part are read first, then the new
 * ones; when an old one was evacuated meanwhile, or another growth began, the part is read again. Thus no
 * entry that was there all the time is passed over or told twice. Yields after each portion of parts.
 */
export function* scanClassic<T>(context: ScanContext<T>): Generator<void, void> {
  const header = classicNow(context);
  if (header === undefined || header.buckets === 0) return;
  const parts = header.oldbuckets === 0 ? bucketCount(header) : oldCount(header);
  const step = Math.max(1, Math.floor(CHUNK_BYTES / context.shape.bytes));
  for (let start = 0; start < parts; start += step) {
    scanParts(context, parts, { start, end: Math.min(parts, start + step) });
    yield;
  }
}

/** Reads parts, and what changed its place meanwhile once more in smaller portions. */
function scanParts<T>(context: ScanContext<T>, parts: number, range: Range): void {
  const { totals } = context;
  for (let tries = 0; tries < TRIES; tries++) {
    const header = classicNow(context);
    if (header === undefined || header.buckets === 0) return;
    const units = new KeptUnits(context);
    units.changed = tries > 0;
    const kept: Kept<T> = { units, overflow: 0, longestChain: 0, oldLeft: 0, oldBuckets: 0 };
    const outcome = tryParts(context, header, parts, range, kept);
    if (outcome === 'looped' && tries === TRIES - 1)
      throw damagedMap(context.place, 'a chain of overflow buckets comes back to itself');
    if (outcome === 'done') {
      units.tell();
      totals.overflow += kept.overflow;
      totals.longestChain = Math.max(totals.longestChain, kept.longestChain);
      totals.oldLeft += kept.oldLeft;
      totals.oldBuckets += kept.oldBuckets;
      return;
    }
    totals.restarts++;
    if (outcome === 'evacuated' && range.end - range.start > 1) {
      const middle = (range.start + range.end) >>> 1;
      scanParts(context, parts, { start: range.start, end: middle });
      scanParts(context, parts, { start: middle, end: range.end });
      return;
    }
  }
  totals.unstable++;
}

/** `looped`: an overflow bucket was met twice, as in no map that is whole. */
type PartsOutcome = StableOutcome | 'evacuated' | 'looped';

/** Reads the buckets of parts in the arrays that the header names. */
function tryParts<T>(
  context: ScanContext<T>,
  header: ClassicHeader,
  parts: number,
  range: Range,
  kept: Kept<T>,
): PartsOutcome {
  const olds = header.oldbuckets === 0 ? [] : rangesOf(oldCount(header), parts, range);
  const marks = olds.map((one) => evacuations(context, header, one));
  for (const [i, one] of olds.entries()) {
    const left = runsOf(one, marks[i]);
    if (left === undefined) return 'moved';
    for (const run of left) {
      const outcome = readChains(context, header, header.oldbuckets, run, true, kept);
      if (outcome !== 'done') return outcome;
      kept.oldLeft += run.end - run.start;
    }
    kept.oldBuckets += one.end - one.start;
  }
  for (const one of rangesOf(bucketCount(header), parts, range)) {
    const outcome = readChains(context, header, header.buckets, one, false, kept);
    if (outcome !== 'done') return outcome;
  }
  for (const [i, one] of olds.entries()) {
    const after = evacuations(context, header, one);
    if (after === undefined) return 'moved';
    if (marks[i]?.some((mark, n) => isEvacuated(mark) !== isEvacuated(after[n] ?? 0)) !== false)
      return 'evacuated';
  }
  return 'done';
}

const bucketCount = ({ B }: ClassicHeader): number => 2 ** B;
const oldCount = ({ B, sameSizeGrow }: ClassicHeader): number => (sameSizeGrow ? 2 ** B : 2 ** (B - 1));

/** The buckets of an array that belong to parts. */
function rangesOf(count: number, parts: number, { start, end }: Range): Range[] {
  return Array.from({ length: Math.max(1, count / parts) }, (_, i) => ({
    start: start + i * parts,
    end: end + i * parts,
  }));
}

/** The first tophash of each old bucket: it says whether the bucket is evacuated. */
function evacuations<T>(context: ScanContext<T>, header: ClassicHeader, range: Range): number[] | undefined {
  const { memory } = context.place;
  const { bytes } = context.shape;
  const block = memory.read(header.oldbuckets + range.start * bytes, (range.end - range.start) * bytes);
  if (momentOf(classicNow(context), header) === 'moved') return undefined;
  return block === undefined
    ? undefined
    : Array.from({ length: range.end - range.start }, (_, i) => block[i * bytes] ?? 0);
}

/** The buckets of a range that are not evacuated, as ranges. */
function runsOf({ start }: Range, marks: readonly number[] | undefined): Range[] | undefined {
  if (marks === undefined) return undefined;
  const runs: { start: number; end: number }[] = [];
  marks.forEach((mark, i) => {
    if (isEvacuated(mark)) return;
    const last = runs.at(-1);
    if (last?.end === start + i) last.end++;
    else runs.push({ start: start + i, end: start + i + 1 });
  });
  return runs;
}

/** Reads a range of buckets, and then the overflow buckets that hang on them, level by level. */
function readChains<T>(
  context: ScanContext<T>,
  header: ClassicHeader,
  array: Addr,
  range: Range,
  old: boolean,
  kept: Kept<T>,
): StableOutcome | 'looped' {
  const { bytes: size } = context.shape;
  const met = new Set<Addr>();
  let level: Chain[] = Array.from({ length: range.end - range.start }, (_, i) => ({
    index: range.start + i,
    address: addr(array + (range.start + i) * size),
  }));
  for (let depth = 0; level.length > 0; depth++) {
    const next: Chain[] = [];
    const outcome = readLevel(context, header, level, depth, old, kept, next);
    if (outcome !== 'done') return outcome;
    for (const { address } of next) {
      if (met.has(address)) return 'looped';
      met.add(address);
    }
    level = next;
  }
  return 'done';
}

interface Chain {
  readonly index: number;
  readonly address: Addr;
}

function readLevel<T>(
  context: ScanContext<T>,
  header: ClassicHeader,
  level: readonly Chain[],
  depth: number,
  old: boolean,
  kept: Kept<T>,
  next: Chain[],
): StableOutcome {
  const { shape, place } = context;
  const look = (): Moment => momentOf(classicNow(context), header);
  const placeOf = (unit: number): UnitPlace => ({
    part: depth === 0 ? 'bucket' : 'overflow',
    index: level[unit]?.index ?? 0,
    table: 0,
    depth,
    old,
    address: level[unit]?.address ?? addr(0),
  });
  return readStable<readonly T[]>(
    place.memory,
    shape.bytes,
    level.map((chain) => chain.address),
    {
      look,
      outside: context.outside,
      settle: () => settle(place),
      take: (unit, bytes) => takeUnit(context, bytes, () => placeOf(unit)),
      keep: (unit, bytes, taken, again, outside) => {
        kept.units.changed ||= again;
        // An evacuated bucket still holds what was moved: it is told where it went to.
        if (old && depth === 0 && isEvacuated(bytes.block[bytes.at] ?? 0)) return;
        const overflow = overflowOf(bytes, shape.bytes);
        if (overflow !== 0) next.push({ index: level[unit]?.index ?? 0, address: overflow });
        kept.units.add(bytes, taken, level[unit]?.address ?? addr(0), outside, () => placeOf(unit));
        if (depth > 0) kept.overflow++;
        kept.longestChain = Math.max(kept.longestChain, depth);
      },
      unstable: () => kept.units.unstable++,
      pause: place.pause,
    },
  );
}

/** The last word of a bucket. go1.23.12 src/runtime/map.go, bmap.overflow. */
function overflowOf({ block, at }: UnitBytes, size: number): Addr {
  return addr(Number(view(block).getBigUint64(at + size - 8, true)));
}

function classicNow<T>(context: ScanContext<T>): ClassicHeader | undefined {
  const header = context.header();
  return header?.kind === 'classic' ? header : undefined;
}

/** A growth may end under the scan: what was evacuated is then found where it went to. */
function momentOf(now: ClassicHeader | undefined, then: ClassicHeader): Moment {
  if (now === undefined || now.buckets !== then.buckets || now.B !== then.B) return 'moved';
  if (now.oldbuckets !== then.oldbuckets) return 'moved';
  return now.writing ? 'writing' : 'still';
}
