import type { Closable } from '../../base/dispose.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import type { RingMemory } from './ring_memory.ts';

const HEADER = 8;
/** Bits of a record's length word: include/uapi/linux/bpf.h, BPF_RINGBUF_*. */
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;
const LENGTH = 0x3fff_ffff;

/** What one visit to a ring found. */
export interface RingVisit {
  /** The ring ended in a record that is still being written: what lies behind it is not known. */
  readonly busy: boolean;
  /** Records that were handed out. */
  readonly count: number;
  /** How much of the ring was filled, 0 to 1. */
  readonly fill: number;
}

/** Reads one BPF ring buffer in place: a record is a word with its length and state, a word of padding, the data. */
export class RingReader implements Closable {
  readonly #memory: RingMemory;
  readonly #words: Uint32Array;
  #offsets = new Uint32Array(1024);
  #lengths = new Uint32Array(1024);
  /** Bytes consumed since the ring was made: exact in a double. */
  #position = 0;
  #closed = false;

  constructor(memory: RingMemory) {
    this.#memory = memory;
    this.#words = new Uint32Array(memory.data.buffer, memory.data.byteOffset, memory.data.byteLength / 4);
    this.#position = Number(Atomics.load(memory.consumer, 0));
  }

  /** Hands out all whole records and, once `consume` has returned, gives their room back to the kernel. */
  drain(consume: (chunk: RingChunk) => void): RingVisit {
    if (this.#closed) throw new Error('internal: ring read after close');
    const end = Number(Atomics.load(this.#memory.producer, 0));
    const first = this.#position;
    if (end === first) return { busy: false, count: 0, fill: 0 };
    const base = first % this.#memory.size;
    let position = first;
    let count = 0;
    let busy = false;
    while (position < end) {
      const at = base + (position - first);
      const word = this.#words[at >>> 2] ?? 0;
      if (word >= BUSY) {
        busy = true;
        break;
      }
      const length = word & LENGTH;
      if ((word & DISCARD) === 0) {
        if (count === this.#offsets.length) this.#growLists();
        this.#offsets[count] = at - base + HEADER;
        this.#lengths[count] = length;
        count++;
      }
      position += (length + HEADER + 7) & ~7;
    }
    if (count > 0) {
      const bytes = this.#memory.data.subarray(base, base + (position - first));
      consume({ bytes, offsets: this.#offsets, lengths: this.#lengths, count });
    }
    this.#position = position;
    Atomics.store(this.#memory.consumer, 0, BigInt(position));
    return { busy, count, fill: (end - first) / this.#memory.size };
  }

  close(): void {
    this.#closed = true; // the arrays now stand for memory that is not there
    this.#memory.close();
  }

  #growLists(): void {
    const offsets = new Uint32Array(this.#offsets.length * 2);
    const lengths = new Uint32Array(offsets.length);
    offsets.set(this.#offsets);
    lengths.set(this.#lengths);
    this.#offsets = offsets;
    this.#lengths = lengths;
  }
}
