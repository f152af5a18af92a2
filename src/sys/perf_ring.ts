import type { Closable } from '../base/dispose.ts';
import type { Fd } from './fd.ts';
import { MemoryMap } from './memory_map.ts';

const PAGE = 4096;
/** struct perf_event_mmap_page: include/uapi/linux/perf_event.h. */
const DATA_HEAD = 1024;
const DATA_TAIL = 1032;
const HEADER = 8;

/** A record of a perf ring. Both views are the ring's own: neither is valid after the call that handed it over. */
export interface PerfRecord {
  /** PERF_RECORD_… */
  readonly type: number;
  /** For samples, whether it happened in the kernel or in the program. */
  readonly misc: number;
  /** What follows the header. */
  readonly body: DataView;
}

/** The memory of a ring, apart from where it came from. */
export interface PerfRingMemory {
  /** Bytes written since the ring was made, one word. The kernel's. */
  readonly head: BigInt64Array;
  /** Bytes read since the ring was made, one word. Ours. */
  readonly tail: BigInt64Array;
  /** A power of two of bytes. */
  readonly data: Uint8Array;
}

/** The ring of a perf event, or of several of one thread. */
export class PerfRing implements Closable {
  readonly #memory: PerfRingMemory;
  readonly #mask: number;
  readonly #close: () => void;

  constructor(memory: PerfRingMemory, close: () => void = () => undefined) {
    this.#memory = memory;
    this.#mask = memory.data.length - 1;
    this.#close = close;
  }

  /** Makes the ring of an event. `pages` of 4 KiB is a power of two; the kernel limits their sum for each user. */
  static of(event: Fd, pages: number): PerfRing {
    const map = MemoryMap.of(event, 'read-write', 0, (1 + pages) * PAGE);
    const { buffer, byteOffset } = map.bytes;
    const memory = {
      head: new BigInt64Array(buffer, byteOffset + DATA_HEAD, 1),
      tail: new BigInt64Array(buffer, byteOffset + DATA_TAIL, 1),
      data: map.bytes.subarray(PAGE),
    };
    return new PerfRing(memory, () => map.close());
  }

  /**
   * Hands over all records that lie in the ring, and frees their room. Returns how full it was, from 0 to 1: the
   * kernel tells of records that found no room only when there is room again.
   */
  drain(consume: (record: PerfRecord) => void): number {
    const { head, tail } = this.#memory;
    // Loads and stores of Atomics are the barriers that the kernel asks for: no record before its head is seen.
    const end = Atomics.load(head, 0);
    const begin = Atomics.load(tail, 0);
    let at = begin;
    try {
      while (at < end) {
        const start = Number(BigInt.asUintN(32, at)) & this.#mask;
        const header = this.#view(start, HEADER);
        const size = header.getUint16(6, true);
        if (size < HEADER) throw new Error(`internal: a perf record of ${size} bytes`);
        at += BigInt(size);
        const whole = this.#view(start, size);
        consume({
          type: header.getUint32(0, true),
          misc: header.getUint16(4, true),
          body: new DataView(whole.buffer, whole.byteOffset + HEADER, size - HEADER),
        });
      }
    } finally {
      Atomics.store(tail, 0, at);
    }
    return Number(end - begin) / this.#memory.data.length;
  }

  close(): void {
    this.#close();
  }

  /** Bytes of the ring; copied where they go on at its beginning. */
  #view(start: number, length: number): DataView {
    const { data } = this.#memory;
    if (start + length <= data.length) return new DataView(data.buffer, data.byteOffset + start, length);
    const joined = new Uint8Array(length);
    const first = data.length - start;
    joined.set(data.subarray(start), 0);
    joined.set(data.subarray(0, length - first), first);
    return new DataView(joined.buffer);
  }
}
