import { type Closable, CloseStack } from '../../base/dispose.ts';
import type { Fd } from '../../sys/fd.ts';
import { MemoryMap } from '../../sys/memory_map.ts';

const PAGE = 4096;

/** The memory of one BPF ring buffer, as it is shared with the kernel. */
export interface RingMemory extends Closable {
  /** Bytes of the ring, a power of two. */
  readonly size: number;
  /** One word: bytes consumed since the ring was made. Ours to write. */
  readonly consumer: BigInt64Array;
  /** One word: bytes produced since the ring was made. */
  readonly producer: BigInt64Array;
  /** The ring twice in a row, so that every record is contiguous. */
  readonly data: Uint8Array;
}

/** kernel/bpf/ringbuf.c: a page for the consumer; behind it, read-only, one for the producer and the data twice. */
export function mapRing(fd: Fd, size: number): RingMemory {
  const closing = new CloseStack();
  try {
    const consumer = closing.add(MemoryMap.of(fd, 'read-write', 0, PAGE)).bytes;
    const producer = closing.add(MemoryMap.of(fd, 'read', PAGE, PAGE + 2 * size)).bytes;
    return {
      size,
      consumer: new BigInt64Array(consumer.buffer, 0, 1),
      producer: new BigInt64Array(producer.buffer, 0, 1),
      data: producer.subarray(PAGE),
      close: () => closing.close(),
    };
  } catch (error) {
    closing.close();
    throw error;
  }
}
