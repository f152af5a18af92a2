import type { Audit } from '../../src/agent/audit.ts';
import { WindowMaker } from '../../src/agent/record/window_maker.ts';
import type { FeedItem, ServedEvent } from '../../src/model/feed.ts';
import type { MapOp } from '../../src/model/map_op.ts';
import type { KernelCounter } from '../../src/model/probe.ts';
import { RECORD } from '../../src/model/record.ts';
import type { RingChunk } from '../../src/model/ring_chunk.ts';
import type { ProcessRef } from '../../src/model/window.ts';
import type { Store } from '../../src/store/index.ts';
import { Counters } from '../../src/stream/aggregate/counters.ts';
import { EventLifter } from '../../src/stream/lift.ts';
import { Pipeline } from '../../src/stream/pipeline.ts';
import { type ProcessSymbols, SymbolCache } from '../../src/stream/symbols.ts';
import { chunkOf, type FakeRecord } from '../../src/stream/testing.ts';
import { SteadyClock } from '../../src/sys/steady_clock.ts';

const OPS: readonly MapOp[] = ['delete', 'assign', 'access', 'clear'];
const SITES = OPS.map((op, index) => ({ index, op, function: `runtime.map${op}`, role: 'entry' as const }));
const PID = 4242;
const NAME = 'synthetic';
const RINGS = 2;
/** Seconds that differ; then they come again. */
const KINDS = 4;
/** Frames, types and maps of a program: a counter is one of each. */
const COUNTERS = 64;
const MAPS = 16;
const TYPES = 5;
const CALLERS = 24;
/** One event in so many is kept by itself. */
const SAMPLED_EVERY = 4096;
const KEYS = 5000;

/** What happens in one second, as the rings have it. */
interface Second {
  readonly chunks: readonly RingChunk[];
  /** How much of each operation. */
  readonly made: ReadonlyMap<MapOp, number>;
  /** Of each ring its words, where among them the times of its records stand, and nanoseconds since the second began. */
  readonly times: readonly {
    readonly words: Uint32Array;
    readonly at: Uint32Array;
    readonly ns: Float64Array;
  }[];
}

/**
 * A program that there is not: records as a probe writes them go through everything that those of a real one go
 * through, from the ring to the store. The clock is the program's own, so that a day takes no day.
 */
export class SyntheticProgram {
  readonly #store: Pick<Store, 'take' | 'upkeep'>;
  readonly #start: number;
  readonly #seconds: readonly Second[];
  readonly #counters = new Counters({ map: 'address' });
  readonly #windows: WindowMaker;
  readonly #pipeline = new Pipeline({
    plan: { sites: SITES as never },
    records: { keyArea: false, keepKeys: false, keepFrames: false },
    effects: false,
    identity: true,
    recorded: ['delete', 'assign'],
  });
  readonly #lifter: EventLifter;
  readonly #process: ProcessRef = { pid: PID, name: NAME };
  #second = 0;
  #tick = 0;
  #events: ServedEvent[] = [];
  /** Made so far, by operation: what the store is to have. */
  readonly made = new Map<MapOp, number>();
  sampled = 0;
  counters = 0;

  constructor(store: Pick<Store, 'take' | 'upkeep'>, start: number, perSecond: number) {
    this.#store = store;
    this.#start = start;
    this.#seconds = Array.from({ length: KINDS }, (_, kind) => secondOf(perSecond, kind));
    this.#lifter = new EventLifter({
      sites: SITES,
      symbols: new SymbolCache(() => SYMBOLS),
      wallOffset: BigInt(start) * 1_000_000n,
      keyText: (batch, row) => ({
        text: `"sess:${(batch.goid[row] ?? 0) % KEYS}"`,
        truncated: false,
        unreadable: false,
      }),
    });
    const now = (): number => this.now;
    this.#windows = new WindowMaker({ ops: OPS }, new SteadyClock({ wall: now, monotonic: now }));
    this.#windows.joined(this.#audit());
  }

  /** Unix milliseconds of the program. */
  get now(): number {
    return this.#start + this.#second * 1000;
  }

  /** So many seconds, which the store takes together: in one transaction, as when it was behind. */
  async run(seconds: number): Promise<void> {
    const items: FeedItem[] = [];
    for (let i = 0; i < seconds; i++) items.push(...this.#next());
    await this.#store.take(items);
  }

  #next(): FeedItem[] {
    const second = this.#seconds[this.#second % KINDS];
    if (second === undefined) return [];
    for (const times of second.times) putTimes(times, this.#second * 1e9);
    for (const chunk of second.chunks) this.#pipeline.add(chunk);
    this.#second++;
    this.#pipeline.advance(BigInt(this.#second * 1e9 - 1), 0, (batch) => {
      this.#counters.add(batch);
      for (; this.#tick < batch.length; this.#tick += SAMPLED_EVERY)
        this.#events.push(this.#lifter.lift(batch, this.#tick));
      this.#tick -= batch.length;
    });
    for (const [op, made] of second.made) this.made.set(op, (this.made.get(op) ?? 0) + made);
    const window = this.#windows.close();
    this.counters += window.counts.length;
    const events = this.#events;
    this.#events = [];
    this.sampled += events.length;
    return [
      { type: 'events', process: this.#process, sampledEvery: SAMPLED_EVERY, events },
      { type: 'window', window },
    ];
  }

  /** What the maker of windows asks of an audit: counters as a probe has them, and names for their numbers. */
  #audit(): Audit {
    return {
      plan: { sites: SITES },
      attached: { name: NAME },
      target: () => ({ ...SYMBOLS, binary: { elf: { section: () => undefined } } }),
      siteCounts: () => [
        {
          site: 0,
          hits: this.#counters.events,
          sampledOut: this.#counters.events - this.sampled - this.#events.length,
          ringFull: 0,
          ignored: 0,
        },
      ],
      counters: (): KernelCounter[] =>
        this.#counters.rows().map(({ pid, probe, type, map, caller, count }) => ({
          pid,
          site: probe,
          type,
          map,
          caller,
          count,
        })),
    } as unknown as Audit;
  }
}

const TYPE_AT = 0x50_0000;
const CODE_AT = 0x40_0000;

const SYMBOLS: ProcessSymbols = {
  frames: (pc) => {
    const n = Math.floor((pc - CODE_AT) / 16);
    return [
      { function: `shop.(*Part).step${n}`, file: `/src/shop/part${n}.go`, line: 10 + n, inlined: false },
    ];
  },
  functionName: (pc) => `shop.worker${pc & 3}`,
  typeName: (address) => `map[string]*shop.T${(address - TYPE_AT) / 64}`,
};

/** Every counter is met, some much more often than others. */
function counterOf(i: number, kind: number): number {
  const n = Math.imul(i * KINDS + kind + 1, 0x9e37_79b1) >>> 8;
  return i % 3 === 0 ? n % COUNTERS : n % 7;
}

function recordOf(i: number, kind: number): FakeRecord {
  const counter = counterOf(i, kind);
  return {
    time: 0,
    pid: PID,
    tid: PID + (i % 8),
    probe: counter % OPS.length,
    map: 0xc000_0000_0000 + (counter % MAPS) * 48,
    type: TYPE_AT + ((counter % MAPS) % TYPES) * 64,
    caller: CODE_AT + (counter % CALLERS) * 16,
    startPc: CODE_AT,
    goid: 10 + ((i * 7919) % 20_000),
    count: 100,
  };
}

function secondOf(events: number, kind: number): Second {
  const rings: FakeRecord[][] = Array.from({ length: RINGS }, () => []);
  const places: number[][] = Array.from({ length: RINGS }, () => []);
  const made = new Map<MapOp, number>();
  for (let i = 0; i < events; i++) {
    const record = recordOf(i, kind);
    const op = OPS[record.probe ?? 0] ?? 'access';
    made.set(op, (made.get(op) ?? 0) + 1);
    rings[i % RINGS]?.push(record);
    places[i % RINGS]?.push(Math.floor(((i + 1) * 1e9) / (events + 1)));
  }
  const chunks = rings.map((records) => chunkOf(records, { keyArea: false }));
  const times = chunks.map(({ bytes, offsets }, ring) => ({
    words: new Uint32Array(bytes.buffer),
    at: offsets.map((offset) => (offset + RECORD.time) / 4),
    ns: Float64Array.from(places[ring] ?? []),
  }));
  return { chunks, times, made };
}

function putTimes({ words, at, ns }: Second['times'][number], base: number): void {
  for (let i = 0; i < at.length; i++) {
    const time = base + (ns[i] ?? 0);
    const word = at[i] ?? 0;
    words[word] = time;
    words[word + 1] = time / 0x1_0000_0000;
  }
}
