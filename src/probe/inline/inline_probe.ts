import type { Closable } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import type { Bias } from '../../model/addr.ts';
import type { Pid } from '../../model/ids.ts';
import type { KeyPlan } from '../../model/key_plan.ts';
import type { PatchPlan } from '../../model/patch_plan.ts';
import type { KernelCounter, ProbeOptions, RunningProbe, SiteCount } from '../../model/probe.ts';
import type { ProbePlan } from '../../model/probe_plan.ts';
import { KEY_AREA, LABELS_AREA, RECORD_HEAD } from '../../model/record.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import { allocate as allocatePages } from '../../sys/allocate.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { onlineCpus } from '../../sys/cpus.ts';
import { Fd } from '../../sys/fd.ts';
import { MemoryMap } from '../../sys/memory_map.ts';
import { TickCounter } from '../../sys/tsc.ts';
import { SYS, trySyscall } from '../../sys/libc.ts';
import { type CodeWriter, makeCode } from './code/make_code.ts';
import { type InjectionCost, Injector, type Patched } from './inject/injector.ts';
import { OWN, OWN_BYTES } from './inject/journal.ts';
import { type Steps, Tracee } from './inject/tracee.ts';
import { checkTraceable } from './preflight.ts';
import { PCounters } from '../shared/counters.ts';
import { lockProcess } from '../shared/process_lock.ts';
import { MAX_SITES, type SharedShape, TABLE } from '../shared/layout.ts';
import { PlanTable } from '../shared/plan_table.ts';
import { RingReader } from '../shared/ring_reader.ts';
import { Ticks } from '../shared/ticks.ts';
import { bytesOf, bytesOfP, HEADER, P, PS_AT, TABLE_BYTES, TABLE_STEPS, TOGETHER_STEPS } from './layout.ts';

/** What to patch, and where. */
export interface InlineProbeSpec {
  readonly pid: Pid;
  readonly plan: ProbePlan;
  readonly patch: PatchPlan;
  readonly bias: Bias;
  /** With `labels` records have room for them: for programs that can set some. */
  readonly options: ProbeOptions;
  readonly keyPlans: readonly KeyPlan[];
  /** Bytes of the program's file at an address in the file. */
  readonly file: (address: number, length: number) => Uint8Array | undefined;
  readonly step?: Steps;
  /** Of a probe that does something else than to record operations. */
  readonly other?: OtherCode;
}

/** Trampolines of another kind, with memory of their own behind the rings. */
export interface OtherCode {
  readonly bytes: number;
  /** `extra`: where that memory lies in the program. */
  readonly writer: (extra: number) => CodeWriter;
}

const CODE_BYTES = 0x20000;
/** All rings together: what one typed array can show on every supported Node. */
const MOST_BYTES = 2 ** 31;
const LEAST_SLOTS = 64;
const STAMP_EVERY_NS = 1_000_000_000n;
const FIRST_SPAN_MS = 20;

/** Jumps in the code of a running program: the fastest way to see its map operations, and one that changes it. */
export class InlineProbe implements RunningProbe {
  readonly attachMs: number;
  readonly takesLabels = true;
  /** How long the program stood still. */
  readonly cost: InjectionCost;
  readonly #spec: InlineProbeSpec;
  readonly #tracee: Tracee;
  readonly #lock: Closable | undefined;
  readonly #injector: Injector;
  readonly #shape: SharedShape;
  readonly #ticks = new Ticks();
  readonly #counter = new TickCounter();
  #memory: MemoryMap | undefined;
  #rings: RingReader | undefined;
  #stamped = 0n;
  #patched = true;
  /** What could not be taken out with the jumps: said by `close`, when what they have seen is told. */
  #left: MapauditError | undefined;

  constructor(spec: InlineProbeSpec) {
    const began = monotonicNs();
    if (spec.plan.sites.length > MAX_SITES) throw new Error('internal: too many sites');
    this.#spec = spec;
    this.#shape = shapeFor(spec.options);
    checkTraceable(spec.pid, CODE_BYTES + this.#sharedBytes);
    this.#stamp();
    this.#tracee = new Tracee(spec.pid, spec.step);
    try {
      this.#lock = lockProcess(spec.pid, 'alone');
      this.#injector = new Injector(this.#tracee, patchedOf(spec));
      this.cost = this.#attach();
    } catch (error) {
      this.#memory?.close();
      this.#lock?.close();
      this.#tracee.close();
      this.#counter.close();
      throw error;
    }
    this.#stampAfter(FIRST_SPAN_MS);
    this.attachMs = Number(monotonicNs() - began) / 1e6;
  }

  get stillMs(): number {
    return this.cost.stillUs / 1000;
  }

  get fill(): number {
    return this.#rings?.fill ?? 0;
  }

  drain(consume: (chunk: RingChunk) => void): bigint {
    if (monotonicNs() - this.#stamped > STAMP_EVERY_NS) this.#stamp();
    return this.#reader.drain(this.#spec.pid, this.#ticks, consume);
  }

  /** Leaves out what lies in the rings; for measurements. Gives how many records that were. */
  skip(): number {
    return this.#reader.skip();
  }

  detach(): void {
    if (!this.#patched) return;
    this.#patched = false;
    try {
      this.#injector.remove();
    } catch (error) {
      if (!(error instanceof MapauditError)) throw error;
      if (error.code === 'memory-stays') this.#left = error;
      // With the program its patch is gone as well.
      else if (error.code !== 'no-such-process') throw error;
    }
  }

  lost(): number {
    let lost = 0;
    for (const { index } of this.#spec.plan.sites) lost += this.#ringFull(index);
    return lost;
  }

  siteCounts(): readonly SiteCount[] {
    const reader = this.#reader;
    return this.#spec.plan.sites.map(({ index, role }) => ({
      site: index,
      hits: this.#inside(index) + (role === 'entry' ? this.#outside(index) : 0),
      sampledOut: reader.sum(P.skipped + 8 * index),
      ringFull: this.#ringFull(index),
      ignored: reader.sum(P.ignored + 8 * index),
    }));
  }

  counters(): readonly KernelCounter[] {
    const { pid, plan, options } = this.#spec;
    if (options.mode === 'events' || this.#memory === undefined) return [];
    const reader = this.#reader;
    const used = (): number[] =>
      Array.from({ length: this.#shape.ps }, (_, p) => p)
        .filter((p) => plan.sites.some(({ index }) => this.#insideOf(p, index) > 0))
        .map((p) => reader.at(p));
    const sites = plan.sites.map(({ index }) => index);
    const rows = TABLE.rows + TABLE_STEPS + TABLE.together + TOGETHER_STEPS;
    return new PCounters(this.#memory.bytes, rows, used).read(
      pid,
      sites,
      (site) => reader.sum(P.rest + 8 * site) + this.#outside(site),
    );
  }

  loadBias(): number {
    return this.#spec.bias;
  }

  setKeyPlans(_pid: number, plans: readonly KeyPlan[]): void {
    const table = new PlanTable(this.words);
    for (const plan of plans) table.set(plan);
  }

  /** The reader's own filter decides. */
  setVerdict(): void {
    return;
  }

  setSampling(every: number): void {
    for (let p = 0; p < this.#shape.ps; p++) this.words.setUint32(this.#reader.at(p) + P.every, every, true);
  }

  /** Errors: those of `Injector.remove`; all that is ours is closed then, too. */
  close(): void {
    if (this.#memory === undefined) return;
    try {
      this.detach();
    } finally {
      this.#memory.close();
      this.#memory = undefined;
      this.#lock?.close();
      this.#tracee.close();
      this.#counter.close();
    }
    if (this.#left !== undefined) throw this.#left;
  }

  /** Ticks of the processor's counter in a nanosecond. */
  get perNano(): number {
    return this.#ticks.perNano;
  }

  /** The processor's counter now. */
  get now(): bigint {
    return this.#counter.read();
  }

  get #sharedBytes(): number {
    return bytesOf(this.#shape) + (this.#spec.other?.bytes ?? 0);
  }

  get #reader(): RingReader {
    if (this.#rings === undefined) throw new Error('internal: a probe that is not attached');
    return this.#rings;
  }

  /** The shared memory from its header on. */
  get words(): DataView {
    const bytes = this.#memory?.bytes ?? new Uint8Array(0);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where there are counters, those have what happened on a P without a ring. */
  #ringFull(site: number): number {
    const outside = this.#spec.options.mode === 'counts' ? 0 : this.#outside(site);
    return this.#reader.sum(P.dropped + 8 * site) + outside;
  }

  /** Each operation is counted once, in one place. */
  #inside(site: number): number {
    return this.#reader.sum(P.hits + 8 * site) + this.#reader.sum(P.skipped + 8 * site);
  }

  #insideOf(p: number, site: number): number {
    return this.#reader.number(p, P.hits + 8 * site) + this.#reader.number(p, P.skipped + 8 * site);
  }

  #outside(site: number): number {
    return this.#reader.wide(HEADER.outsideOf + 8 * site);
  }

  #attach(): InjectionCost {
    const { plan, patch, bias, options, keyPlans, other } = this.#spec;
    const shape = this.#shape;
    return this.#injector.attach({
      sites: patch.sites.map(({ address, original }) => ({ address: address + bias, original })),
      codeBytes: CODE_BYTES,
      sharedBytes: this.#sharedBytes,
      codeFor: ({ code, shared }) =>
        makeCode(
          code,
          CODE_BYTES,
          plan,
          patch,
          { options, offsets: plan.offsets, thread: patch.thread, shape, shared, bias },
          other?.writer(shared + bytesOf(shape)),
        ),
      addressesOfPs: ({ shared }) =>
        Array.from({ length: shape.ps }, (_, p) => shared + PS_AT + p * bytesOfP(shape)),
      prepare: (place, memory) => {
        const fd = new Fd(duplicate(memory), 'shared memory');
        try {
          const begin = place.codeBytes + OWN_BYTES;
          this.#memory = MemoryMap.of(fd, 'read-write', begin, place.sharedBytes);
          allocate(fd, begin, shape);
          if (other !== undefined) allocateAll(fd, begin + bytesOf(shape), other.bytes);
        } finally {
          fd.close();
        }
        this.#rings = new RingReader({
          ...shape,
          bytes: this.#memory.bytes,
          psAt: PS_AT,
          pBytes: bytesOfP(shape),
          ringAt: P.bytes + TABLE_BYTES,
          sites: plan.sites.length,
        });
        this.setSampling(options.sampleEvery);
        this.words.setBigUint64(HEADER.reader, BigInt(process.pid), true);
        this.setKeyPlans(this.#spec.pid, keyPlans);
        for (let p = 0; p < shape.ps; p++)
          this.words.setUint32(this.#reader.at(p) + P.random, 0x9e3779b9 * (p + 1), true);
      },
    });
  }

  #stamp(): void {
    const { ticks, nanos } = this.#counter.pair();
    this.#ticks.stamp(ticks, nanos);
    this.#stamped = nanos;
  }

  /** Two stamps some milliseconds apart, so that the first records have good times. */
  #stampAfter(milliseconds: number): void {
    const rest = milliseconds - Number(monotonicNs() - this.#stamped) / 1e6;
    if (rest > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, rest);
    this.#stamp();
  }
}

/** As a process's addresses. Also for taking out what another mapaudit has left. */
export function patchedOf(spec: Pick<InlineProbeSpec, 'patch' | 'bias' | 'file'>): Patched {
  const { patch, bias, file } = spec;
  return {
    room: { address: patch.room.address + bias, original: patch.room.original },
    text: { start: patch.text.start + bias, end: patch.text.end + bias },
    original: (address, length) => file(address - bias, length),
  };
}

function shapeFor({ frames, labels, ringBytes }: ProbeOptions): SharedShape {
  const ps = Math.min(OWN.most, Math.max(16, 4 * onlineCpus().length));
  const before = RECORD_HEAD + KEY_AREA + (labels === true ? LABELS_AREA : 0);
  const stride = Math.ceil((before + 8 * frames) / 64) * 64;
  let slots = 2 ** Math.floor(Math.log2(Math.max(LEAST_SLOTS, ringBytes / stride)));
  while (slots > LEAST_SLOTS && bytesOf({ ps, stride, slots }) > MOST_BYTES) slots /= 2;
  return { ps, stride, slots };
}

/** Memory for as many Ps as there are processors: taken here, it is ours, and the program never waits for it. */
function allocate(fd: Fd, at: number, shape: SharedShape): void {
  const ps = Math.min(shape.ps, onlineCpus().length);
  allocateAll(fd, at, PS_AT + ps * bytesOfP(shape));
}

function allocateAll(fd: Fd, at: number, bytes: number): void {
  if (allocatePages(fd, at, bytes)) return;
  throw new MapauditError('no-room', 'there is not enough memory for the rings', {
    hint: 'Smaller rings need less: --ring 256K.',
  });
}

function duplicate(fd: number): number {
  const result = trySyscall(SYS.dup, fd);
  if (!result.ok) throw new MapauditError('syscall-failed', 'dup of shared memory');
  return result.value;
}
