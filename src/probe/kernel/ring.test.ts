import { describe, expect, it } from 'vitest';
import { RingReader } from './ring.ts';
import type { RingMemory } from './ring_memory.ts';

const SIZE = 256;
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;

/** A ring as the kernel would write it, by hand. */
class HandMadeRing implements RingMemory {
  readonly size = SIZE;
  readonly consumer = new BigInt64Array(1);
  readonly producer = new BigInt64Array(1);
  readonly data = new Uint8Array(2 * SIZE);
  closed = false;

  /** Begins somewhere else than at 0, as a ring that has been read before. */
  startAt(position: bigint): this {
    this.consumer[0] = position;
    this.producer[0] = position;
    return this;
  }

  /** Writes a record; gives its position, for `setBits`. */
  put(text: string, bits = 0): number {
    const at = Number(this.producer[0]);
    this.setBits(at, text.length, bits);
    for (let i = 0; i < text.length; i++) this.#byte(at + 8 + i, text.charCodeAt(i));
    this.producer[0] = BigInt(at + ((text.length + 8 + 7) & ~7));
    return at;
  }

  setBits(at: number, length: number, bits: number): void {
    const word = (length | bits) >>> 0;
    for (let i = 0; i < 4; i++) this.#byte(at + i, (word >>> (8 * i)) & 0xff);
  }

  close(): void {
    this.closed = true;
  }

  /** Both mappings show the same memory. */
  #byte(position: number, value: number): void {
    this.data[position % SIZE] = value;
    this.data[(position % SIZE) + SIZE] = value;
  }
}

function read(ring: RingReader): { texts: string[]; busy: boolean; chunks: number } {
  const texts: string[] = [];
  let chunks = 0;
  const { busy, count } = ring.drain((chunk) => {
    chunks++;
    for (let i = 0; i < chunk.count; i++) {
      const at = chunk.offsets[i]!;
      texts.push(Buffer.from(chunk.bytes.subarray(at, at + chunk.lengths[i]!)).toString());
    }
  });
  expect(count).toBe(texts.length);
  return { texts, busy, chunks };
}

describe('reading a ring', () => {
  it('hands out records of any length, in order, once', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    expect(read(ring)).toEqual({ texts: [], busy: false, chunks: 0 });
    for (const text of ['a', 'eight by', 'nine byte', '']) memory.put(text);
    expect(read(ring)).toEqual({ texts: ['a', 'eight by', 'nine byte', ''], busy: false, chunks: 1 });
    expect(memory.consumer[0]).toBe(memory.producer[0]);
    expect(read(ring).texts).toEqual([]);
  });

  it('stops at a record that is still written, and goes on when it is done', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    memory.put('one');
    const two = memory.put('two', BUSY);
    memory.put('three');
    expect(read(ring)).toEqual({ texts: ['one'], busy: true, chunks: 1 });
    expect(memory.consumer[0]).toBe(BigInt(two));
    expect(read(ring)).toEqual({ texts: [], busy: true, chunks: 0 });
    memory.setBits(two, 3, 0);
    expect(read(ring)).toEqual({ texts: ['two', 'three'], busy: false, chunks: 1 });
  });

  it('steps over what was discarded', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    memory.put('one');
    memory.put('never mind', DISCARD);
    memory.put('two');
    expect(read(ring).texts).toEqual(['one', 'two']);
    memory.put('alone', DISCARD);
    expect(read(ring)).toEqual({ texts: [], busy: false, chunks: 0 });
    expect(memory.consumer[0]).toBe(memory.producer[0]);
  });

  it('reads across the end of the ring, also far beyond 32 bits', () => {
    for (const start of [BigInt(SIZE - 24), 2n ** 40n + BigInt(SIZE - 24)]) {
      const memory = new HandMadeRing().startAt(start);
      const ring = new RingReader(memory);
      memory.put('before');
      memory.put('a record that lies across the end');
      memory.put('behind');
      expect(read(ring).texts).toEqual(['before', 'a record that lies across the end', 'behind']);
    }
  });

  it('reads a ring that is full to the brim, many times round', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    for (let round = 0; round < 50; round++) {
      const texts = Array.from({ length: SIZE / 16 }, (_, i) => `${round}-${i}`);
      for (const text of texts) memory.put(text);
      expect(read(ring).texts).toEqual(texts);
    }
  });

  it('gives the room back only when the consumer has returned', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    memory.put('one');
    ring.drain(() => expect(memory.consumer[0]).toBe(0n));
    expect(memory.consumer[0]).toBe(memory.producer[0]);
  });

  it('hands a chunk out again when the consumer failed', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    memory.put('one');
    const fail = (): never => {
      throw new Error('consumer');
    };
    expect(() => ring.drain(fail)).toThrow('consumer');
    expect(read(ring).texts).toEqual(['one']);
  });

  it('never touches memory that is gone', () => {
    const memory = new HandMadeRing();
    const ring = new RingReader(memory);
    ring.close();
    expect(memory.closed).toBe(true);
    expect(() => ring.drain(() => undefined)).toThrow('after close');
  });
});
