import {
  EXIT_RECORD,
  FLAG_LABELS,
  KEY_AREA,
  LABELS_AREA,
  MAX_FRAMES,
  RECORD,
  RECORD_EXIT,
  RECORD_HEAD,
} from '../../model/record.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { SHARED_P as P, type SharedShape } from './layout.ts';
import type { Ticks } from './ticks.ts';

/** A record's time stamp is taken this long before it can be read, at most, unless its P is marked as busy. */
const SLACK_NS = 200_000n;
const TWO_32 = 0x1_0000_0000;

/** Shared memory, and what stands where in it. */
export interface SharedRings extends SharedShape {
  readonly bytes: Uint8Array;
  /** Where the first P begins, the bytes from one to the next, and from a P's beginning to its ring. */
  readonly psAt: number;
  readonly pBytes: number;
  readonly ringAt: number;
  /** Numbers of probes in records are below this. */
  readonly sites: number;
  /** Records are read by others as well, and stay as they are. */
  readonly isOthersToo?: boolean;
}

/** Reads the rings of all Ps, and their numbers. */
export class RingReader {
  readonly #rings: SharedRings;
  readonly #shared: Memory;
  /** Where the records of one P are made ready, if not in place. */
  readonly #own: Memory | undefined;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Of each P: how much was read. */
  readonly #read: number[];
  #watermark = 0n;
  /** The share to which the last `drain` found the fullest ring filled. */
  fill = 0;

  /** Reads what is written from now on. */
  constructor(rings: SharedRings) {
    this.#rings = rings;
    const { bytes, slots, stride, ps } = rings;
    this.#shared = memoryOf(bytes);
    this.#own = rings.isOthersToo === true ? memoryOf(new Uint8Array(slots * stride)) : undefined;
    this.#offsets = new Uint32Array(slots);
    this.#lengths = new Uint32Array(slots);
    this.#read = Array.from({ length: ps }, (_, p) => this.number(p, P.head));
    this.#read.forEach((head, p) => this.#tellRead(p, head));
  }

  /**
   * Hands over what lies in the rings of the first `ps`; gives the moment up to which nothing can come any more. A
   * thread may be put aside after it has read the clock and before its P is marked as busy: what it began before the
   * moment that was given, and did after, is given that moment.
   */
  drain(pid: number, ticks: Ticks, consume: (chunk: RingChunk) => void, ps = this.#rings.ps): bigint {
    let watermark = monotonicNs() - SLACK_NS;
    this.fill = 0;
    for (let p = 0; p < ps; p++) {
      const busy = (this.#shared.words[(this.at(p) + P.busy) / 4] ?? 0) !== 0;
      const last = this.#drainP(p, pid, ticks, consume);
      // What its P is at work on has an earlier time stamp than we have now.
      if (busy) watermark = min(watermark, last ?? this.#watermark);
    }
    if (watermark > this.#watermark) this.#watermark = watermark;
    return this.#watermark;
  }

  /** Leaves out what lies in the rings, without a look at it. Gives how much that was. */
  skip(): number {
    let skipped = 0;
    this.#read.forEach((read, p) => {
      const head = this.number(p, P.head);
      skipped += head - read;
      if (head !== read) this.#tellRead(p, head);
    });
    return skipped;
  }

  /** Where the words of a P begin, in bytes. */
  at(p: number): number {
    return this.#rings.psAt + p * this.#rings.pBytes;
  }

  /** A number of a P, at an offset. */
  number(p: number, offset: number): number {
    return this.wide(this.at(p) + offset);
  }

  /** A number of the first `ps`. */
  sum(offset: number, ps = this.#rings.ps): number {
    let sum = 0;
    for (let p = 0; p < ps; p++) sum += this.number(p, offset);
    return sum;
  }

  wide(at: number): number {
    return (this.#shared.words[at / 4 + 1] ?? 0) * TWO_32 + (this.#shared.words[at / 4] ?? 0);
  }

  #drainP(p: number, pid: number, ticks: Ticks, consume: (chunk: RingChunk) => void): bigint | undefined {
    const head = this.number(p, P.head);
    const first = this.#read[p] ?? 0;
    const found = head - first;
    if (found === 0) return undefined;
    const { slots, stride, ringAt } = this.#rings;
    // The memory is the program's to write: what no probe would write is left out.
    const filled = found > 0 && found <= slots ? found : 0;
    this.fill = Math.max(this.fill, filled / slots);
    const memory = this.#own ?? this.#shared;
    const { bytes, words, longs } = memory;
    const ring = this.#own === undefined ? this.at(p) + ringAt : 0;
    let [last, count] = [0n, 0];
    for (let i = 0; i < filled; i++) {
      const at = ((first + i) % slots) * stride;
      if (this.#own !== undefined) this.#copy(this.at(p) + ringAt + at, at);
      const word = (ring + at) / 4;
      last = max(ticks.nanos(longs[(word + RECORD.time / 4) / 2] ?? 0n), this.#watermark);
      longs[(word + RECORD.time / 4) / 2] = last;
      words[word + RECORD.pid / 4] = pid;
      if (!this.#isRecord(memory, ring + at)) continue;
      this.#offsets[count] = at;
      this.#lengths[count++] = bytes[ring + at + RECORD.kind] === RECORD_EXIT ? EXIT_RECORD : stride;
    }
    consume({
      bytes: bytes.subarray(ring, ring + slots * stride),
      offsets: this.#offsets,
      lengths: this.#lengths,
      count,
    });
    this.#tellRead(p, head);
    return last;
  }

  #tellRead(p: number, head: number): void {
    this.#read[p] = head;
    this.#shared.longs[(this.at(p) + P.tail) / 8] = BigInt(head);
  }

  #copy(from: number, to: number): void {
    this.#own?.bytes.set(this.#shared.bytes.subarray(from, from + this.#rings.stride), to);
  }

  #isRecord({ bytes, shorts }: Memory, at: number): boolean {
    const frames = bytes[at + RECORD.frameCount] ?? 0;
    const isLabelled = ((bytes[at + RECORD.flags] ?? 0) & FLAG_LABELS) !== 0;
    return (
      (shorts[(at + RECORD.probe) / 2] ?? 0) < this.#rings.sites &&
      frames <= MAX_FRAMES &&
      (!isLabelled || RECORD_HEAD + KEY_AREA + LABELS_AREA + 8 * frames <= this.#rings.stride) &&
      (shorts[(at + RECORD.keyStored) / 2] ?? 0) <= KEY_AREA
    );
  }
}

/** The same memory by the width of what is read. */
interface Memory {
  readonly bytes: Uint8Array;
  readonly shorts: Uint16Array;
  readonly words: Uint32Array;
  readonly longs: BigInt64Array;
}

function memoryOf(bytes: Uint8Array): Memory {
  const { buffer, byteOffset: at, byteLength: length } = bytes;
  return {
    bytes,
    shorts: new Uint16Array(buffer, at, length >> 1),
    words: new Uint32Array(buffer, at, length >> 2),
    longs: new BigInt64Array(buffer, at, length >> 3),
  };
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
