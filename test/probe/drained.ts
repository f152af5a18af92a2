import type { RunningProbe } from '../../src/model/probe.ts';
import { RECORD } from '../../src/model/record.ts';

/** A record as tests look at it. */
export interface Seen {
  readonly time: bigint;
  readonly pid: number;
  readonly tid: number;
  readonly site: number;
  readonly kind: number;
  readonly map: bigint;
  readonly key: string;
}

/** Everything that lies in the rings, lifted out record by record. */
export function drainAll(probe: RunningProbe): { seen: Seen[]; watermark: bigint } {
  const seen: Seen[] = [];
  const watermark = probe.drain(({ bytes, offsets, lengths, count }) => {
    for (let i = 0; i < count; i++) seen.push(lift(bytes.subarray(offsets[i], offsets[i]! + lengths[i]!)));
  });
  return { seen, watermark };
}

/** Drains as fast as it can: how many records, how many of them from before an earlier watermark. */
export function drainTimes(
  probe: RunningProbe,
  earlier: bigint,
): { total: number; tooLate: number; watermark: bigint } {
  let [total, tooLate] = [0, 0];
  const watermark = probe.drain(({ bytes, offsets, count }) => {
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3);
    for (let i = 0; i < count; i++) if (words[(offsets[i] ?? 0) >> 3]! <= earlier) tooLate++;
    total += count;
  });
  return { total, tooLate, watermark };
}

function lift(record: Uint8Array): Seen {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const stored = view.getUint16(RECORD.keyStored, true);
  return {
    time: view.getBigUint64(RECORD.time, true),
    pid: view.getUint32(RECORD.pid, true),
    tid: view.getUint32(RECORD.tid, true),
    site: view.getUint16(RECORD.probe, true),
    kind: view.getUint8(RECORD.kind),
    map: view.getBigUint64(RECORD.map, true),
    key: Buffer.from(record.subarray(RECORD.key, RECORD.key + stored)).toString(),
  };
}

/** What the kernel counted, over all sites. */
export function totals(probe: RunningProbe): {
  hits: number;
  sampledOut: number;
  ringFull: number;
  ignored: number;
} {
  const sum = { hits: 0, sampledOut: 0, ringFull: 0, ignored: 0 };
  for (const count of probe.siteCounts()) {
    sum.hits += count.hits;
    sum.sampledOut += count.sampledOut;
    sum.ringFull += count.ringFull;
    sum.ignored += count.ignored;
  }
  return sum;
}
