import type { TypeReader } from '../../go/types/type_reader.ts';
import { keyHash } from '../hash/key_hash.ts';
import type { MemHash } from '../hash/mem_hash.ts';
import { controlOf, h1, keyOfSlot, seedOf } from '../hash/slot_hash.ts';
import type { MapHeader } from '../map_header.ts';
import type { MapPlace } from '../scan.ts';
import type { SlotPlace, UnitPlace } from '../slots.ts';
import { entropyOf, goodEntropyOf, histogramOf, type Spread, spreadTest, total } from './spread.ts';

/** What is remembered of an entry. */
export interface SpreadEntry {
  readonly table: number;
  readonly index: number;
  readonly depth: number;
  readonly control: number;
  readonly unit: number;
  /** Undefined when it was not computed, or the key (NaN) has none. */
  readonly hash: bigint | undefined;
}

/** Groups of the largest table: go1.26.8 src/internal/runtime/maps/table.go, maxTableCapacity. */
const MOST_GROUPS = 128;
/** Keys that are hashed at most. */
const MOST_KEYS = 300_000;
/** Of slots whose control byte is not what the hash says; beyond, the hash is not that of the process. */
const MOST_WRONG = 0.05;
/** P(two keys have the same tophash): values below 5 are moved to 5 to 9. P(the same H2). */
const SAME_TOPHASH = (5 * 4 + 246) / 65536;
const SAME_H2 = 1 / 128;

/** Gathers how keys lie while a map is scanned. */
export class SpreadCollector {
  readonly #place: MapPlace;
  readonly #types: TypeReader;
  readonly #hash: MemHash | undefined;
  readonly #header: MapHeader;
  readonly #parts: number;
  readonly #step: number;
  /** Classic: one list, by bucket; Swiss: by table, by group in which searches begin. */
  readonly #counts = new Map<number, number[]>();
  readonly #tables: number[] = [];
  /** Swiss, by table: of each key where its search begins in a table of the largest size, and its group. */
  readonly #starts = new Map<number, number[]>();
  readonly #lengths: (number | undefined)[] = [];
  readonly #hashes = new Map<bigint, number>();
  #unit = -1;
  #controls: number[] = [];
  #sameControl = 0;
  #expected = 0;
  #hashed = 0;
  #wrong = 0;

  /** `parts`: buckets whose number is the same modulo this count as one: there were so many when the scan began. */
  constructor(place: MapPlace, types: TypeReader, header: MapHeader, hash: MemHash | undefined) {
    this.#place = place;
    this.#types = types;
    this.#hash = hash;
    this.#header = header;
    this.#parts =
      header.kind === 'classic'
        ? 2 ** (header.oldbuckets === 0 || header.sameSizeGrow ? header.B : header.B - 1)
        : 1;
    this.#step = Math.max(1, Math.ceil(header.count / MOST_KEYS));
  }

  read(block: Uint8Array, key: number, { table, index, depth, control, address }: SlotPlace): SpreadEntry {
    const entry = { table, index, depth, control, unit: address };
    if (this.#hash === undefined || !this.#isTaken({ table, index })) return { ...entry, hash: undefined };
    const { memory, type } = this.#place;
    const value = keyOfSlot(memory, this.#types, type, block, key);
    const hash =
      value === undefined
        ? undefined
        : keyHash(this.#hash, this.#types, type.key, value, seedOf(this.#header));
    return { ...entry, hash };
  }

  /** Every bucket or table, or of a very large map one in so many. */
  #isTaken({ table, index }: Pick<SlotPlace, 'table' | 'index'>): boolean {
    if (this.#step === 1) return true;
    if (this.#header.kind === 'classic') return (index % this.#parts) % this.#step === 0;
    if (this.#tables.at(-1) !== table) this.#tables.push(table);
    return this.#tables.length % this.#step === 1;
  }

  unit({ table, index }: UnitPlace, full: number): void {
    const swiss = this.#header.kind === 'swiss';
    const part = swiss ? table : 0;
    let counts = this.#counts.get(part);
    if (counts === undefined) this.#counts.set(part, (counts = []));
    const at = swiss ? index : index % this.#parts;
    counts[at] = (counts[at] ?? 0) + (swiss ? 0 : full);
    this.#expected += ((full * (full - 1)) / 2) * (swiss ? SAME_H2 : SAME_TOPHASH);
  }

  add({ table, index, depth, control, unit, hash }: SpreadEntry): void {
    if (unit !== this.#unit) this.#controls = [];
    this.#unit = unit;
    for (const other of this.#controls) if (other === control) this.#sameControl++;
    this.#controls.push(control);
    const { kind } = this.#header;
    if (hash !== undefined) {
      this.#hashed++;
      if (controlOf(kind, hash) !== control) this.#wrong++;
      this.#hashes.set(hash, (this.#hashes.get(hash) ?? 0) + 1);
    }
    if (kind === 'classic') this.#length(depth);
    else if (hash !== undefined) {
      const search = Number(h1(hash) & BigInt(MOST_GROUPS - 1)) * MOST_GROUPS + index;
      const searches = this.#starts.get(table);
      if (searches === undefined) this.#starts.set(table, [search]);
      else searches.push(search);
    }
  }

  /** How many groups the table has is known when all of it was seen. */
  #searches(): void {
    for (const [table, searches] of this.#starts) {
      const counts = this.#counts.get(table);
      if (counts === undefined) continue;
      for (const search of searches) {
        const start = Math.floor(search / MOST_GROUPS) & (counts.length - 1);
        counts[start] = (counts[start] ?? 0) + 1;
        this.#length(probeLength(start, search % MOST_GROUPS, counts.length));
      }
    }
    this.#starts.clear();
  }

  #length(steps: number): void {
    this.#lengths[steps] = (this.#lengths[steps] ?? 0) + 1;
  }

  /** Undefined for a map of one bucket or group, and for a Swiss one whose keys cannot be hashed. */
  result(): Spread | undefined {
    const swiss = this.#header.kind === 'swiss';
    const known = this.#hashed > 0 && this.#wrong <= this.#hashed * MOST_WRONG;
    if (swiss && !known) return undefined;
    this.#searches();
    const counts = [...this.#counts.values()].filter(
      (part) => !swiss || this.#step === 1 || part.some((n) => n > 0),
    );
    const places = counts.reduce((all, part) => all + part.length, 0);
    const keys = total(counts);
    if (places < 2 || keys === 0) return undefined;
    let sameHash = 0;
    for (const n of this.#hashes.values()) if (n > 1) sameHash += n;
    return {
      over: swiss ? 'groups' : 'buckets',
      places,
      keys,
      sampled: swiss && this.#step > 1,
      entropy: entropyOf(counts),
      goodEntropy: goodEntropyOf(counts),
      evenEntropy: Math.log2(places),
      test: spreadTest(counts),
      histogram: histogramOf(counts),
      lengths: Array.from(this.#lengths, (n) => n ?? 0),
      collisions: {
        sameControl: this.#sameControl,
        expected: this.#expected,
        sameHash: known ? sameHash : undefined,
      },
    };
  }
}

/** Groups are visited in triangular steps: go1.26.8 src/internal/runtime/maps/table.go, probeSeq. */
function probeLength(start: number, group: number, groups: number): number {
  let at = start;
  for (let n = 0; n < groups; n++) {
    if (at === group) return n;
    at = (at + n + 1) & (groups - 1);
  }
  return groups;
}
