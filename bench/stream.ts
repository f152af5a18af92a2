/** Nanoseconds an event on the way from ring chunks to counters. Run: npx tsx bench/stream.ts */
import type { MapOp } from '../src/model/map_op.ts';
import type { ProbeSite } from '../src/model/probe_plan.ts';
import type { RingChunk } from '../src/model/ring_chunk.ts';
import { Counters } from '../src/stream/aggregate/counters.ts';
import { TopKeys } from '../src/stream/aggregate/top_keys.ts';
import { BatchBuilder } from '../src/stream/batch_builder.ts';
import { EventLifter } from '../src/stream/lift.ts';
import { Pipeline } from '../src/stream/pipeline.ts';
import { SymbolCache } from '../src/stream/symbols.ts';
import { chunkOf, type FakeRecord } from '../src/stream/testing.ts';

/** What a drain brings at 50,000 events a second, five drains a second. */
const EVENTS = 10_000;
const ROUNDS = 150;
const OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'delete', 'assign', 'clear'];
const SITES = OPS.map((op, index) => ({ index, op, function: op, role: index < 3 ? 'entry' : 'exit' }));

/** Deletes and assigns of 200 goroutines on 50 maps; with `exits`, each followed by its exit. */
function makeChunks(rings: number, keyArea: boolean, exits: boolean): RingChunk[] {
  const chunks: FakeRecord[][] = Array.from({ length: rings }, () => []);
  for (let i = 0; i < EVENTS; i++) {
    const time = 5_000_000_000_000 + i * 1000;
    const map = 0xc000_0000_0000 + ((i >>> 1) % 50) * 48;
    const hit = { time, pid: 4242, tid: 4242 + (i % 8), map, goid: 10 + (i % 200), count: 100 - (i % 2) };
    const ring = chunks[Math.imul(i, 7919) % rings];
    ring?.push({
      ...hit,
      probe: i % 2,
      type: 0x50_0000 + ((i >>> 1) % 50) * 64,
      caller: 0x40_0000 + (i % 120) * 16,
      startPc: 0x40_1000,
      key: { form: 'string', text: `sess:${(i * 31) % 5000}` },
    });
    if (exits)
      ring?.push({ ...hit, kind: 'exit', time: time + 300, probe: 3 + (i % 2), count: 99 + (i % 2) });
  }
  return chunks.map((records) => chunkOf(records, { keyArea }));
}

/** The best round, since other programs only ever add; the first rounds warm the compiler up. */
function measure(name: string, run: () => void): void {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / EVENTS);
  }
  console.log(`${name.padEnd(48)} ${best.toFixed(1).padStart(7)} ns/event`);
}

function measureDecode(rings: number, keyArea: boolean, keepKeys: boolean): void {
  const chunks = makeChunks(rings, keyArea, false);
  const builder = new BatchBuilder({ keyArea, keepKeys, keepFrames: false });
  measure(`decode, ${rings} rings${keyArea ? (keepKeys ? ', keys' : ', keys left out') : ''}`, () => {
    for (const chunk of chunks) builder.add(chunk);
    builder.takeAll();
  });
}

function measurePipeline(name: string, keyArea: boolean, effects: boolean, identity: boolean): void {
  const chunks = makeChunks(2, keyArea, effects);
  const plan = { sites: SITES as unknown as ProbeSite[] };
  const records = { keyArea, keepKeys: keyArea, keepFrames: false };
  const pipeline = new Pipeline({
    plan,
    records,
    effects,
    identity,
    recorded: ['delete', 'assign', 'clear'],
  });
  const counters = new Counters({ map: identity ? 'id' : 'address' });
  const top = new TopKeys({ by: 'prefixes' });
  measure(name, () => {
    for (const chunk of chunks) pipeline.add(chunk);
    pipeline.advance(1n << 62n, 0, (batch) => {
      counters.add(batch);
      if (keyArea) top.add(batch);
    });
  });
}

function measureLift(): void {
  const builder = new BatchBuilder({ keyArea: false, keepKeys: false, keepFrames: false });
  for (const chunk of makeChunks(1, false, false)) builder.add(chunk);
  const batch = builder.takeAll();
  const symbols = new SymbolCache(() => undefined);
  const lifter = new EventLifter({ sites: SITES.map((s) => ({ ...s })), symbols, wallOffset: 0n });
  measure('lift one row to an object', () => {
    for (let row = 0; row < batch.length; row++) lifter.lift(batch, row);
  });
}

for (const rings of [1, 2, 8]) measureDecode(rings, false, false);
for (const keepKeys of [false, true]) measureDecode(2, true, keepKeys);
measurePipeline('decode, count', false, false, false);
measurePipeline('decode, number maps, count', false, false, true);
measurePipeline('decode, exits, number maps, count', false, true, true);
measurePipeline('decode, count, top key prefixes', true, false, false);
measureLift();
