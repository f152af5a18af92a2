import { describe, expect, it } from 'vitest';
import { FLAG_MAP_ON_STACK, KEY_STRING, KEY_WORD, RECORD_EXIT } from '../model/record.ts';
import { BatchBuilder } from './batch_builder.ts';
import type { Columns } from './columns.ts';
import { chunkOf, type FakeKey, type FakeRecord } from './testing.ts';

const OPTIONS = { keyArea: true, keepKeys: true, keepFrames: true };
const times = (batch: Columns): number[] => Array.from(batch.timeLow.subarray(0, batch.length));
const at = (...list: number[]): FakeRecord[] => list.map((time) => ({ time }));

describe('BatchBuilder', () => {
  it('decodes every field', () => {
    const builder = new BatchBuilder(OPTIONS);
    const record: FakeRecord = {
      time: 0x1_2345_6789n * 0x100n,
      pid: 4242,
      tid: 4245,
      probe: 513,
      flags: FLAG_MAP_ON_STACK,
      map: 0xc000_1234_5678,
      count: 1204,
      goid: 9_876_543_210,
      type: 0x5f_0000,
      startPc: 0x40_1000,
      caller: 0x40_2345,
      key: { form: 'string', text: 'sess:91af', length: 300 },
      frames: [0x40_3000, 0x7fff_0040_4000],
    };
    builder.add(chunkOf([record], { frames: 4 }));
    const batch = builder.takeAll();
    expect(batch.length).toBe(1);
    expect(BigInt(batch.timeHigh[0]!) * 2n ** 32n + BigInt(batch.timeLow[0]!)).toBe(record.time);
    expect([batch.pid[0], batch.tid[0], batch.probe[0], batch.kind[0], batch.flags[0]]).toEqual([
      4242, 4245, 513, 0, 32,
    ]);
    expect([batch.map[0], batch.count[0], batch.goid[0]]).toEqual([0xc000_1234_5678, 1204, 9_876_543_210]);
    expect([batch.type[0], batch.startPc[0], batch.caller[0]]).toEqual([0x5f_0000, 0x40_1000, 0x40_2345]);
    expect([batch.keyForm[0], batch.keySize[0], batch.keyStored[0], batch.frameCount[0]]).toEqual([
      KEY_STRING,
      300,
      9,
      2,
    ]);
    const key = batch.payload.subarray(batch.keyAt[0], batch.keyAt[0]! + 9);
    expect(new TextDecoder().decode(key)).toBe('sess:91af');
    const view = new DataView(batch.payload.buffer, batch.payload.byteOffset);
    expect(view.getBigUint64(batch.framesAt[0]! + 8, true)).toBe(0x7fff_0040_4000n);
  });

  it('leaves entry fields of exit rows empty', () => {
    const builder = new BatchBuilder(OPTIONS);
    const entry: FakeRecord = {
      time: 6,
      pid: 4,
      map: 8,
      type: 0xff,
      caller: 9,
      key: { form: 'word', value: 1 },
    };
    builder.add(chunkOf([{ time: 5, kind: 'exit', map: 0xc000, count: 3, goid: 7 }, entry]));
    const batch = builder.takeAll();
    expect([batch.startPc[0], batch.keySize[0], batch.keyType[0]]).toEqual([0, 0, 0]);
    expect([batch.kind[0], batch.map[0], batch.count[0], batch.goid[0]]).toEqual([RECORD_EXIT, 0xc000, 3, 7]);
    expect([batch.type[0], batch.caller[0], batch.keyForm[0], batch.keyAt[0], batch.framesAt[0]]).toEqual([
      0, 0, 0, -1, -1,
    ]);
  });

  it('keeps neither keys nor frames unless asked', () => {
    const builder = new BatchBuilder({ keyArea: true, keepKeys: false, keepFrames: false });
    builder.add(chunkOf([{ time: 5, key: { form: 'word', value: 3 }, frames: [1] }], { frames: 2 }));
    const batch = builder.takeAll();
    expect([batch.keyForm[0], batch.keyAt[0], batch.framesAt[0], batch.frameCount[0]]).toEqual([
      KEY_WORD,
      -1,
      -1,
      0,
    ]);
  });

  it('merges rings by time, and mends inversions within one', () => {
    const builder = new BatchBuilder(OPTIONS);
    builder.add(chunkOf(at(10, 30, 20, 50, 5)));
    builder.add(chunkOf(at(11, 12, 60)));
    builder.add(chunkOf(at(1, 2, 3, 100, 99)));
    expect(times(builder.takeAll())).toEqual([1, 2, 3, 5, 10, 11, 12, 20, 30, 50, 60, 99, 100]);
  });

  it('keeps the order of equal times', () => {
    const builder = new BatchBuilder(OPTIONS);
    builder.add(
      chunkOf([
        { time: 7, tid: 1 },
        { time: 7, tid: 2 },
      ]),
    );
    builder.add(
      chunkOf([
        { time: 7, tid: 3 },
        { time: 7, tid: 4 },
      ]),
    );
    const batch = builder.takeAll();
    expect(Array.from(batch.tid.subarray(0, 4))).toEqual([1, 2, 3, 4]);
  });

  it('holds back what is later than the watermark, with its key', () => {
    const builder = new BatchBuilder(OPTIONS);
    const key = (text: string): FakeKey => ({ form: 'string', text });
    builder.add(
      chunkOf([
        { time: 10, key: key('a') },
        { time: 40, key: key('d') },
      ]),
    );
    builder.add(
      chunkOf([
        { time: 20, key: key('b') },
        { time: 30, key: key('c') },
      ]),
    );
    expect(times(builder.take(25n))).toEqual([10, 20]);
    expect(builder.waiting).toBe(2);
    builder.add(chunkOf(at(28, 41)));
    const batch = builder.take(40n);
    expect(times(batch)).toEqual([28, 30, 40]);
    expect(batch.payload[batch.keyAt[1]!]).toBe('c'.charCodeAt(0));
    expect(batch.payload[batch.keyAt[2]!]).toBe('d'.charCodeAt(0));
    expect(times(builder.takeAll())).toEqual([41]);
    expect(builder.takeAll().length).toBe(0);
  });

  it('counts records that cannot be one', () => {
    const builder = new BatchBuilder(OPTIONS);
    const chunk = chunkOf(at(1, 2, 3));
    chunk.lengths[0] = 40;
    chunk.lengths[1] = 100_000;
    builder.add(chunk);
    expect(builder.malformed).toBe(2);
    expect(times(builder.takeAll())).toEqual([3]);
  });

  it('reads chunks that do not begin at a border of words', () => {
    const chunk = chunkOf(at(1, 2));
    const shifted = new Uint8Array(chunk.bytes.length + 3);
    shifted.set(chunk.bytes, 3);
    const builder = new BatchBuilder(OPTIONS);
    builder.add({ ...chunk, bytes: shifted.subarray(3) });
    expect(times(builder.takeAll())).toEqual([1, 2]);
  });

  it('sorts any number of shuffled rings', () => {
    const builder = new BatchBuilder(OPTIONS);
    const all: number[] = [];
    let seed = 1;
    for (let ring = 0; ring < 37; ring++) {
      const list: number[] = [];
      for (let i = 0; i < 53; i++) list.push((seed = (seed * 48_271) % 2_147_483_647) % 10_000);
      list.sort((a, b) => (ring % 5 === 0 ? 0 : a - b));
      all.push(...list);
      builder.add(chunkOf(at(...list)));
    }
    expect(times(builder.takeAll())).toEqual(all.sort((a, b) => a - b));
  });
});
