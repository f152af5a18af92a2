import { type Closable, CloseStack } from '../../base/dispose.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import type { Fd } from '../../sys/fd.ts';
import { MemoryMap } from '../../sys/memory_map.ts';

const PAGE = 4096;
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
}

/**
 * One BPF ring buffer, read in place: kernel/bpf/ringbuf.c. The first page holds the consumer's position and
 * is ours to write; then follow the producer's position and the data, mapped twice in a row, so that every
 * record is contiguous.
 */
export class RingReader implements Closable {
  readonly #closing = new CloseStack();
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #data: Uint8Array;
  readonly #words: Uint32Array;
  readonly #size: number;
  #offsets = new Uint32Array(1024);
  #lengths = new Uint32Array(1024);
  /** Bytes consumed since the ring was made: exact in a double. */
  #position = 0;

  constructor(fd: Fd, size: number) {
    this.#size = size;
    const consumer = this.#closing.add(MemoryMap.of(fd, 'read-write', 0, PAGE)).bytes;
    const producer = this.#closing.add(MemoryMap.of(fd, 'read', PAGE, PAGE + 2 * size)).bytes;
    this.#consumer = new BigInt64Array(consumer.buffer, 0, 1);
    this.#producer = new BigInt64Array(producer.buffer, 0, 1);
    this.#data = producer.subarray(PAGE);
    this.#words = new Uint32Array(producer.buffer, PAGE);
  }

  /** Hands out all whole records and, once `consume` has returned, gives their room back to the kernel. */
  drain(consume: (chunk: RingChunk) => void): RingVisit {
    const end = Number(Atomics.load(this.#producer, 0));
    const first = this.#position;
    if (end === first) return { busy: false, count: 0 };
    const base = first % this.#size;
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
      const bytes = this.#data.subarray(base, base + (position - first));
      consume({ bytes, offsets: this.#offsets, lengths: this.#lengths, count });
    }
    this.#position = position;
    Atomics.store(this.#consumer, 0, BigInt(position));
    return { busy, count };
  }

  close(): void {
    this.#closing.close();
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
