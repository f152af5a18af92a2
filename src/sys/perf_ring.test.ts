import { expect, it } from 'vitest';
import { type PerfRecord, PerfRing } from './perf_ring.ts';

/** A ring of 64 bytes as the kernel would fill it. */
function ringOf(): { ring: PerfRing; write: (type: number, body: readonly number[]) => boolean } {
  const memory = { head: new BigInt64Array(1), tail: new BigInt64Array(1), data: new Uint8Array(64) };
  return {
    ring: new PerfRing(memory),
    write(type, body) {
      const record = new Uint8Array(8 + body.length);
      const view = new DataView(record.buffer);
      view.setUint32(0, type, true);
      view.setUint16(6, record.length, true);
      record.set(body, 8);
      const [head = 0n, tail = 0n] = [memory.head[0], memory.tail[0]];
      if (Number(head - tail) + record.length > memory.data.length) return false;
      record.forEach((byte, i) => (memory.data[(Number(head) + i) % 64] = byte));
      memory.head[0] = head + BigInt(record.length);
      return true;
    },
  };
}

function drained(ring: PerfRing): { records: string[]; full: number } {
  const records: string[] = [];
  const full = ring.drain(({ type, body }: PerfRecord) => {
    const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    records.push(`${type}: ${Array.from(bytes).join(' ')}`);
  });
  return { records, full };
}

it('reads records whole, also where they go on at the beginning of the ring', () => {
  const { ring, write } = ringOf();
  for (let round = 0; round < 50; round++) {
    const body = Array.from({ length: 16 }, (_, i) => (round + i) % 256);
    expect(write(9, body)).toBe(true);
    expect(write(2, [round, 1, 2, 3, 4, 5, 6, 7])).toBe(true);
    expect(drained(ring).records).toEqual([`9: ${body.join(' ')}`, `2: ${round} 1 2 3 4 5 6 7`]);
  }
});

it('frees the room of what it has read, and says how full it was', () => {
  const { ring, write } = ringOf();
  for (let i = 0; i < 4; i++) expect(write(9, [1, 2, 3, 4, 5, 6, 7, 8])).toBe(true);
  expect(write(9, [])).toBe(false);
  expect(drained(ring).full).toBe(1);
  expect(drained(ring)).toEqual({ records: [], full: 0 });
  expect(write(9, [])).toBe(true);
  expect(drained(ring)).toEqual({ records: ['9: '], full: 1 / 8 });
});
