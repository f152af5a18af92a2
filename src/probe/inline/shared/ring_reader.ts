import { EXIT_RECORD, RECORD, RECORD_EXIT } from '../../../model/record.ts';
import type { RingChunk } from '../../../model/ring_chunk.ts';
import { monotonicNs } from '../../../sys/clock.ts';
import { bytesOfP, P, PS_AT, type SharedShape, TABLE } from './layout.ts';
import type { Ticks } from './ticks.ts';

/** A record's time stamp is taken this long before it can be read, at most, unless its P is marked as busy. */
const SLACK_NS = 200_000n;
const TWO_32 = 0x1_0000_0000;

/** Reads the rings of all Ps. */
export class RingReader {
  readonly #shape: SharedShape;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #longs: BigInt64Array;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Of each P: how much was read. */
  readonly #read: number[];
  #watermark = 0n;
  /** The share to which the last `drain` found the fullest ring filled. */
  fill = 0;

  constructor(bytes: Uint8Array, shape: SharedShape) {
    this.#shape = shape;
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
    this.#longs = new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3);
    this.#offsets = new Uint32Array(shape.slots);
    this.#lengths = new Uint32Array(shape.slots);
    this.#read = Array.from({ length: shape.ps }, () => 0);
  }

  /** Hands over what lies in the rings; gives the moment up to which nothing can come any more. */
  drain(pid: number, ticks: Ticks, consume: (chunk: RingChunk) => void): bigint {
    let watermark = monotonicNs() - SLACK_NS;
    this.fill = 0;
    for (let p = 0; p < this.#read.length; p++) {
      const busy = (this.#words[(this.at(p) + P.busy) / 4] ?? 0) !== 0;
      const last = this.#drainP(p, pid, ticks, consume);
      // What its P is at work on has an earlier time stamp than we have now.
      if (busy) watermark = min(watermark, last ?? this.#watermark);
    }
    if (watermark > this.#watermark) this.#watermark = watermark;
    return this.#watermark;
  }

  /** Where the words of a P begin, in bytes. */
  at(p: number): number {
    return PS_AT + p * bytesOfP(this.#shape);
  }

  /** A number of a P, at an offset. */
  number(p: number, offset: number): number {
    return this.wide(this.at(p) + offset);
  }

  /** A number of all Ps. */
  sum(offset: number): number {
    let sum = 0;
    for (let p = 0; p < this.#read.length; p++) sum += this.number(p, offset);
    return sum;
  }

  wide(at: number): number {
    return (this.#words[at / 4 + 1] ?? 0) * TWO_32 + (this.#words[at / 4] ?? 0);
  }

  #drainP(p: number, pid: number, ticks: Ticks, consume: (chunk: RingChunk) => void): bigint | undefined {
    const head = this.number(p, P.head);
    const first = this.#read[p] ?? 0;
    const count = head - first;
    if (count === 0) return undefined;
    const { slots, stride } = this.#shape;
    this.fill = Math.max(this.fill, count / slots);
    const ring = this.at(p) + P.bytes + TABLE.bytes;
    let last = 0n;
    for (let i = 0; i < count; i++) {
      const at = ((first + i) % slots) * stride;
      const word = (ring + at) / 4;
      last = ticks.nanos(this.#longs[word / 2] ?? 0n);
      this.#longs[word / 2] = last;
      this.#words[word + RECORD.pid / 4] = pid;
      const kind = ((this.#words[word + RECORD.probe / 4] ?? 0) >>> 16) & 0xff;
      this.#offsets[i] = at;
      this.#lengths[i] = kind === RECORD_EXIT ? EXIT_RECORD : stride;
    }
    consume({
      bytes: this.#bytes.subarray(ring, ring + slots * stride),
      offsets: this.#offsets,
      lengths: this.#lengths,
      count,
    });
    this.#read[p] = head;
    this.#longs[(this.at(p) + P.tail) / 8] = BigInt(head);
    return last;
  }
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
