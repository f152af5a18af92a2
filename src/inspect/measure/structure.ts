import { view } from '../../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { ClassicHeader, SwissHeader } from '../map_header.ts';
import { bucketArrayUnits, type UnitFacts, wordAt } from './unit_facts.ts';

/** A table of a Swiss map: go1.24.13–1.27.4 src/internal/runtime/maps/table.go, type table. */
export interface TableFacts {
  readonly address: Addr;
  /** Its first entry in the directory. */
  readonly index: number;
  readonly used: number;
  readonly capacity: number;
  readonly growthLeft: number;
  readonly localDepth: number;
  readonly groups: Addr;
  readonly groupCount: number;
}

export const TABLE_BYTES = 32;
const MOST_CAPACITY = 1024;
const SLOTS = 8;
/** More overflow buckets than any memory holds. */
const MOST_LISTED = 2 ** 40;
/** Bytes of the directory that are read at once. */
const DIRECTORY_CHUNK = 1 << 16;

/** The tables that a directory names, each once; undefined when one cannot be read or is none. */
export function readTables(memory: ByteSource, { dirPtr, dirLen }: SwissHeader): TableFacts[] | undefined {
  const tables: TableFacts[] = [];
  let before = 0;
  for (let start = 0; start < dirLen * 8; start += DIRECTORY_CHUNK) {
    // A copy: what is read next may take its place.
    const entries = memory.read(dirPtr + start, Math.min(DIRECTORY_CHUNK, dirLen * 8 - start))?.slice();
    if (entries === undefined) return undefined;
    for (let at = 0; at < entries.length; at += 8) {
      const address = Number(view(entries).getBigUint64(at, true));
      if (address === before) continue;
      const table = readTable(memory, addr(address), (start + at) / 8);
      if (table === undefined) return undefined;
      tables.push(table);
      before = address;
    }
  }
  return tables;
}

/** A table; undefined when what lies there can be none, or it has been replaced. */
export function readTable(memory: ByteSource, address: Addr, index: number): TableFacts | undefined {
  const bytes = memory.read(address, TABLE_BYTES);
  return bytes === undefined ? undefined : tableOf(bytes, address, index);
}

/** What the bytes of a table say. */
export function tableOf(bytes: Uint8Array, address: Addr, index: number): TableFacts | undefined {
  const words = view(bytes);
  const capacity = words.getUint16(2, true);
  const groupCount = Number(words.getBigUint64(24, true)) + 1;
  const sound = capacity >= SLOTS && capacity <= MOST_CAPACITY && groupCount * SLOTS === capacity;
  if (!sound || words.getBigInt64(8, true) < 0n) return undefined;
  return {
    address,
    index,
    used: words.getUint16(0, true),
    capacity,
    growthLeft: words.getUint16(4, true),
    localDepth: words.getUint8(6),
    groups: addr(Number(words.getBigUint64(16, true))),
    groupCount,
  };
}

/** runtime.mapextra, read: go1.18.10–1.23.12 src/runtime/map.go, and map_noswiss.go of 1.24 and 1.25. */
export interface ExtraFacts {
  /** Capacity and length of the lists that keep overflow buckets without pointers alive; undefined: there is none. */
  readonly list: ListFacts | undefined;
  readonly oldList: ListFacts | undefined;
  /** The next of the overflow buckets that were made along with the array; 0: none is left. */
  readonly nextOverflow: number;
}

export interface ListFacts {
  readonly data: number;
  readonly length: number;
  readonly capacity: number;
}

/** noswissmap builds of 1.24 and 1.25 have hmap.clearSeq before hmap.extra. */
const extraAt = (version: UnitFacts['version']): number => (version.minor >= 24 ? 48 : 40);

/** Bytes of a map's header, as it is allocated. */
export const headerSize = (kind: UnitFacts['kind'], version: UnitFacts['version']): number =>
  kind === 'classic' && version.minor >= 24 ? 56 : 48;

/** `none`: the map has none. Undefined when it cannot be read. */
export function readExtra(memory: ByteSource, map: Addr, facts: UnitFacts): ExtraFacts | 'none' | undefined {
  const at = wordAt(memory, map + extraAt(facts.version));
  if (at === undefined) return undefined;
  if (at === 0) return 'none';
  const bytes = memory.read(at, 24)?.slice();
  if (bytes === undefined) return undefined;
  const [list = 0, oldList = 0, nextOverflow = 0] = [0, 8, 16].map((i) =>
    Number(view(bytes).getBigUint64(i, true)),
  );
  return { list: readList(memory, list), oldList: readList(memory, oldList), nextOverflow };
}

function readList(memory: ByteSource, at: number): ListFacts | undefined {
  const bytes = at === 0 ? undefined : memory.read(at, 24);
  if (bytes === undefined) return undefined;
  const words = view(bytes);
  const [data = 0, length = 0, capacity = 0] = [0, 8, 16].map((i) => Number(words.getBigUint64(i, true)));
  return length <= capacity && capacity < MOST_LISTED ? { data, length, capacity } : undefined;
}

/** How many of the overflow buckets that a list names lie outside of an array; undefined when it cannot be read. */
export function listedOutside(
  memory: ByteSource,
  { data, length }: ListFacts,
  start: number,
  end: number,
): number | undefined {
  let outside = 0;
  for (let from = 0; from < length * 8; from += DIRECTORY_CHUNK) {
    const bytes = memory.read(data + from, Math.min(DIRECTORY_CHUNK, length * 8 - from));
    if (bytes === undefined) return undefined;
    for (let at = 0; at < bytes.length; at += 8) {
      const bucket = Number(view(bytes).getBigUint64(at, true));
      if (bucket < start || bucket >= end) outside++;
    }
  }
  return outside;
}

/** Overflow buckets of the present array that were made along with it and are in use, without looking at buckets. */
export function aheadInUse(header: ClassicHeader, extra: ExtraFacts | 'none', facts: UnitFacts): number {
  const buckets = 2 ** header.B;
  const ahead = bucketArrayUnits(buckets, facts) - buckets;
  if (ahead === 0 || extra === 'none') return 0;
  if (extra.nextOverflow === 0) return ahead;
  const used = (extra.nextOverflow - header.buckets) / facts.size - buckets;
  return Number.isInteger(used) && used >= 0 && used <= ahead ? used : 0;
}
