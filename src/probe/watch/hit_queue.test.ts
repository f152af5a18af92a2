import { describe, expect, it } from 'vitest';
import { addr } from '../../model/addr.ts';
import { Gaps } from './gaps.ts';
import { HitQueue } from './hit_queue.ts';
import type { Place } from './place.ts';
import type { Sample } from './sample.ts';

const MS = 1_000_000n;
const PLACE: Place = { address: addr(0x1000), length: 1 };

/** A hit so many milliseconds after the beginning. */
const sample = (ms: number, tid = 1): Sample => ({
  type: 'sample', time: BigInt(ms) * MS, tid, address: PLACE.address, kernel: false,
  pc: 1, sp: 2, r14: 3, returns: [], stack: new Uint8Array(0),
}); // prettier-ignore

function queueOf(gaps = new Gaps()): { queue: HitQueue; read: (ms: number, value: number) => void } {
  const queue = new HitQueue([PLACE], gaps, 0n);
  const read = (ms: number, value: number): void =>
    queue.addValue(PLACE, Uint8Array.of(value), BigInt(ms) * MS, BigInt(ms) * MS + 1000n);
  return { queue, read };
}

/** `time before->after` of each hit that can be told when all is known until `ms`. */
const told = (queue: HitQueue, ms: number): string[] =>
  queue
    .take(BigInt(ms) * MS)
    .map(({ time, before, after }) => `${time / MS} ${before?.bytes[0] ?? '?'}->${after?.bytes[0] ?? '?'}`);

describe('hits', () => {
  it('wait until the place was read after them, and come in the order of time', () => {
    const { queue, read } = queueOf();
    read(10, 1);
    for (const ms of [35, 25]) queue.addSample(sample(ms, ms));
    read(30, 2);
    expect(told(queue, 29)).toEqual([]);
    expect(told(queue, 34)).toEqual(['25 1->2']);
    read(40, 3);
    expect(told(queue, 50)).toEqual(['35 2->3']);
  });

  it('have no value where another hit came between', () => {
    const { queue, read } = queueOf();
    read(10, 1);
    for (const ms of [20, 22, 24]) queue.addSample(sample(ms));
    read(30, 4);
    expect(told(queue, 40)).toEqual(['20 1->?', '22 ?->?', '24 ?->4']);
  });

  it('do not take what was read just before them for the old value', () => {
    const { queue, read } = queueOf();
    read(20, 9);
    queue.addSample({ ...sample(20), time: 20n * MS + 500_000n });
    read(30, 9);
    expect(told(queue, 40)).toEqual(['20 ?->9']);
  });

  it('have no value from a time in which a thread was not watched', () => {
    const gaps = new Gaps();
    const { queue, read } = queueOf(gaps);
    read(10, 1);
    queue.addSample(sample(20));
    gaps.begin(7, 25n * MS);
    read(30, 2);
    queue.addSample(sample(50));
    expect(told(queue, 40)).toEqual(['20 1->?']);
    gaps.endAll(60n * MS, new Set());
    read(70, 3);
    expect(told(queue, 80)).toEqual(['50 ?->?']);
    queue.addSample(sample(90));
    read(100, 4);
    expect(told(queue, 110)).toEqual(['90 3->4']);
    expect(gaps.count).toBe(1);
    expect(gaps.longest).toBe(35n * MS);
  });

  it('have no value from before hits were lost', () => {
    const { queue, read } = queueOf();
    read(10, 1);
    queue.addSample(sample(20));
    queue.forgetValues(25n * MS);
    read(30, 2);
    expect(told(queue, 40)).toEqual(['20 ?->?']);
    queue.addSample(sample(50));
    read(60, 3);
    expect(told(queue, 70)).toEqual(['50 2->3']);
  });
});
