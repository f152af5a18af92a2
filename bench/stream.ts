/** Nanoseconds an event on the way from ring chunks to counters. Run: npx tsx bench/stream.ts */
import { BatchBuilder } from '../src/stream/batch_builder.ts';
import { chunkOf, type FakeRecord } from '../src/stream/testing.ts';

/** As many as 50,000 hits a second leave in a drain, five times a second. */
const EVENTS = 10_000;
const ROUNDS = 200;

/** Records of `rings` rings, interleaved in time. */
function makeChunks(rings: number, key: boolean): ReturnType<typeof chunkOf>[] {
  const chunks: FakeRecord[][] = Array.from({ length: rings }, () => []);
  for (let i = 0; i < EVENTS; i++) {
    chunks[(i * 7919) % rings]?.push({
      time: 5_000_000_000_000 + i * 1000,
      pid: 4242,
      tid: 4242 + (i % 8),
      probe: i % 5,
      map: 0xc000_0000_0000 + (i % 50) * 48,
      count: 100 + (i % 3),
      goid: 10 + (i % 200),
      type: 0x50_0000 + (i % 50) * 64,
      caller: 0x40_0000 + (i % 120) * 16,
      startPc: 0x40_1000,
      key: { form: 'string', text: `sess:${(i * 31) % 5000}` },
    });
  }
  return chunks.map((records) => chunkOf(records, { keyArea: key }));
}

/** Best of some rounds; the first ones warm the compiler up. */
function measure(name: string, run: () => number): void {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    const events = run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / events);
  }
  console.log(`${name.padEnd(44)} ${best.toFixed(1).padStart(7)} ns/event`);
}

for (const rings of [1, 2, 8]) {
  for (const key of [false, true]) {
    const chunks = makeChunks(rings, key);
    const builder = new BatchBuilder({ keyArea: key, keepKeys: key, keepFrames: false });
    measure(`decode, ${rings} rings${key ? ', keys' : ''}`, () => {
      for (const chunk of chunks) builder.add(chunk);
      return builder.takeAll().length;
    });
  }
}
