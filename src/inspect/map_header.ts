import { view } from '../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../model/addr.ts';

/** runtime.hmap: go1.23.12 src/runtime/map.go; the same in 1.18–1.23, and in noswissmap builds up to these fields. */
export interface ClassicHeader {
  readonly kind: 'classic';
  readonly count: number;
  /** log2 of the number of buckets. */
  readonly B: number;
  /** Overflow buckets: exact below 2^16 buckets, an estimate above. */
  readonly noverflow: number;
  readonly hash0: number;
  /** 0 for a map in which nothing was put yet. */
  readonly buckets: Addr;
  /** The buckets before the growth that is under way, or 0. */
  readonly oldbuckets: Addr;
  /** Old buckets below this number are evacuated. */
  readonly nevacuate: number;
  /** The growth under way keeps the number of buckets and packs overflow chains. */
  readonly sameSizeGrow: boolean;
  readonly writing: boolean;
}

/** internal/runtime/maps.Map: go1.24.13–1.27.4 src/internal/runtime/maps/map.go. */
export interface SwissHeader {
  readonly kind: 'swiss';
  readonly count: number;
  readonly seed: bigint;
  /** A directory of `dirLen` tables, or with `dirLen` 0 one group of a small map (0: none yet). */
  readonly dirPtr: Addr;
  readonly dirLen: number;
  /** log2 of `dirLen`. */
  readonly globalDepth: number;
  readonly writing: boolean;
}

export type MapHeader = ClassicHeader | SwissHeader;

/** Bytes of either header that are read here. */
export const HEADER_BYTES = 48;

/** hmap.flags: go1.23.12 src/runtime/map.go. */
const HASH_WRITING = 4;
const SAME_SIZE_GROW = 8;

/** More buckets or tables than any memory holds: then it is no map. */
const MOST_B = 40;
const MOST_DEPTH = 32;

/** Reads a header. Undefined when the bytes cannot be one: the address is not that of a live map of this kind. */
export function parseHeader(bytes: Uint8Array, kind: MapHeader['kind']): MapHeader | undefined {
  return kind === 'classic' ? classic(view(bytes)) : swiss(view(bytes));
}

function classic(words: DataView): ClassicHeader | undefined {
  const flags = words.getUint8(8);
  const header: ClassicHeader = {
    kind: 'classic',
    count: wide(words, 0),
    B: words.getUint8(9),
    noverflow: words.getUint16(10, true),
    hash0: words.getUint32(12, true),
    buckets: addr(wide(words, 16)),
    oldbuckets: addr(wide(words, 24)),
    nevacuate: wide(words, 32),
    sameSizeGrow: (flags & SAME_SIZE_GROW) !== 0,
    writing: (flags & HASH_WRITING) !== 0,
  };
  const impossible =
    header.B > MOST_B ||
    flags > 15 ||
    header.buckets % 8 !== 0 ||
    header.oldbuckets % 8 !== 0 ||
    (header.oldbuckets !== 0 && header.oldbuckets === header.buckets) ||
    header.nevacuate > 2 ** header.B ||
    (header.buckets === 0 && header.count > 0);
  return impossible ? undefined : header;
}

function swiss(words: DataView): SwissHeader | undefined {
  const globalDepth = words.getUint8(32);
  const header: SwissHeader = {
    kind: 'swiss',
    count: wide(words, 0),
    seed: words.getBigUint64(8, true),
    dirPtr: addr(wide(words, 16)),
    dirLen: wide(words, 24),
    globalDepth,
    writing: words.getUint8(34) !== 0,
  };
  const small = header.dirLen === 0;
  const impossible =
    globalDepth > MOST_DEPTH ||
    words.getUint8(34) > 1 ||
    header.dirPtr % 8 !== 0 ||
    (small ? header.count > 8 || globalDepth !== 0 : header.dirLen !== 2 ** globalDepth) ||
    (header.dirPtr === 0 && (header.count > 0 || !small));
  return impossible ? undefined : header;
}

const wide = (words: DataView, at: number): number => Number(words.getBigUint64(at, true));
