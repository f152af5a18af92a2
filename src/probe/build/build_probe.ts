import { isMapauditError, MapauditError } from '../../base/errors.ts';
import type { Pid } from '../../model/ids.ts';
import type { KeyPlan } from '../../model/key_plan.ts';
import type { KernelCounter, ProbeOptions, RunningProbe, SiteCount } from '../../model/probe.ts';
import type { ProbePlan } from '../../model/probe_plan.ts';
import { KEY_AREA, LABELS_AREA, MAX_FRAMES, RECORD_HEAD } from '../../model/record.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { onlineCpus } from '../../sys/cpus.ts';
import { PCounters } from '../shared/counters.ts';
import { TABLE } from '../shared/layout.ts';
import { PlanTable } from '../shared/plan_table.ts';
import { RingReader } from '../shared/ring_reader.ts';
import { Ticks } from '../shared/ticks.ts';
import { bytesOfP, FILTER, HEADER, MODE, P, PS_AT } from './layout.ts';
import { type CodeImage, imageMark } from './image_mark.ts';
import { SharedFile } from './shared_file.ts';
import { HOOK_SITES } from './sites.ts';

/** Whose hook to listen to. */
export interface BuildProbeSpec {
  readonly pid: Pid;
  readonly plan: ProbePlan;
  readonly options: ProbeOptions;
  readonly keyPlans: readonly KeyPlan[];
  /** The program that the process runs. */
  readonly image: CodeImage;
  /** It can set labels on goroutines: rings that are made for it have room for them. */
  readonly setsLabels: boolean;
  /** Of a reader that looks for races and nothing else: writes what it asks for before the hook begins. */
  readonly prepare?: (words: DataView) => void;
}

/** Bytes of a record with all frames. */
const strideOf = (labels: boolean): number =>
  Math.ceil((RECORD_HEAD + KEY_AREA + (labels ? LABELS_AREA : 0) + 8 * MAX_FRAMES) / 64) * 64;
/** Ps that can have a ring, and the most that all rings together may be: one mapping of ours. */
const PS = Math.max(16, Math.min(256, 2 * onlineCpus().length));
const MOST_BYTES = 1 << 30;
/** The rate of the processor's counter is known well enough after this; then it is looked at now and then. */
const FIRST_SPAN_NS = 20_000_000;
const STAMP_EVERY_NS = 1_000_000_000n;
/** What the hook records for itself: go/hook/linux.go.txt. */
const RECORDER = { frames: 16, keyBytes: 256 } as const;
const BEAT_MS = 500;
/** After so long without being asked for its clock, the hook takes its reader for dead. */
const PATIENCE_NS = 10_000_000_000;

/** Listens to the hook that `mapaudit go build` has placed in a program. */
export class BuildProbe implements RunningProbe {
  readonly attachMs: number;
  readonly takesLabels: boolean;
  readonly #file: SharedFile;
  readonly #words: DataView;
  readonly #plan: ProbePlan;
  readonly #pid: Pid;
  readonly #plans: PlanTable;
  readonly #counters: PCounters;
  readonly #ticks = new Ticks();
  readonly #rings: RingReader;
  readonly #timer: NodeJS.Timeout;
  #mode = 0;
  /** Hits of each site without a ring, before we came. */
  readonly #outsideBefore: number[] = [];
  /** Bits for records, and for counters. */
  #recorded = 0;
  #counted = 0;
  /** Of keys that are captured. */
  #keyBytes = 0;
  #stamped = 0n;
  #ack = -1;
  #isClosed = false;

  constructor({ pid, plan, options, keyPlans, image, setsLabels, prepare }: BuildProbeSpec) {
    const began = monotonicNs();
    this.#pid = pid;
    this.#plan = plan;
    const ringBytes = Math.min(options.ringBytes, MOST_BYTES / PS);
    const stride = strideOf(setsLabels);
    const slots = 2 ** Math.floor(Math.log2(Math.max(64, ringBytes / stride)));
    this.#file = new SharedFile(pid, { slots, stride, ps: PS }, imageMark(image), (shape) => {
      if (options.needsLabels === true && shape.stride < stride) throw noRoomForLabels(pid);
    });
    this.#words = this.#file.words;
    const { shape } = this.#file;
    this.takesLabels = shape.stride >= strideOf(true);
    const isRecorder = this.#words.getUint32(HEADER.base, true) !== 0;
    if (isRecorder) this.#lend();
    this.#plans = new PlanTable(this.#words);
    this.#counters = new PCounters(this.#file.bytes, TABLE.rows + TABLE.together, () =>
      Array.from({ length: this.#file.ps }, (_, p) => this.#rings.at(p)),
    );
    this.#rings = new RingReader({
      ...shape,
      bytes: this.#file.bytes,
      psAt: PS_AT,
      pBytes: bytesOfP(shape.slots, shape.stride),
      ringAt: bytesOfP(0, 0),
      sites: plan.sites.length,
      isOthersToo: isRecorder,
    });
    try {
      this.#calibrate();
      this.setKeyPlans(pid, keyPlans);
      prepare?.(this.#words);
      this.#configure(options, prepare !== undefined);
    } catch (error) {
      this.#file.close();
      throw error;
    }
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
    this.attachMs = Number(monotonicNs() - began) / 1e6;
  }

  /** The shared file. */
  get words(): DataView {
    return this.#words;
  }

  get fill(): number {
    return this.#rings.fill;
  }

  drain(consume: (chunk: RingChunk) => void): bigint {
    this.#beat();
    return this.#rings.drain(this.#pid, this.#ticks, consume, this.#file.ps);
  }

  detach(): void {
    this.#setMode(0);
    this.#signal();
  }

  lost(): number {
    let lost = 0;
    for (const { index, role } of this.#plan.sites)
      // Without the record of its end an operation has no outcome, but it is there.
      if (role === 'entry') lost += this.#withoutEvent(index);
    return lost;
  }

  siteCounts(): readonly SiteCount[] {
    // The hook counts each hit once: in a row of the counters, or, without those, among the hits of its site.
    const counted = new Map<number, number>();
    for (const { site, count } of this.counters()) counted.set(site, (counted.get(site) ?? 0) + count);
    return this.#plan.sites
      .filter((site) => site.role === 'entry')
      .map(({ index }) => ({
        site: index,
        // Those outside of all rings are among the counters already, where there are any.
        hits:
          this.#sum(P.hits, index) + (counted.get(index) ?? (this.#counted === 0 ? this.#outside(index) : 0)),
        sampledOut: this.#sum(P.skipped, index),
        ringFull: this.#withoutEvent(index),
        ignored: 0,
      }));
  }

  counters(): readonly KernelCounter[] {
    if (this.#counted === 0) return [];
    const sites = HOOK_SITES.map(({ index }) => index);
    return this.#counters.read(this.#pid, sites, (site) => this.#sum(P.rest, site) + this.#outside(site));
  }

  /** Known of a process from the start: no binary is probed as a whole. */
  loadBias(): undefined {
    return undefined;
  }

  setKeyPlans(_pid: number, plans: readonly KeyPlan[]): void {
    for (const plan of plans) this.#plans.set(plan);
  }

  /** The reader's own filter decides. */
  setVerdict(): void {
    return;
  }

  setSampling(every: number): void {
    this.#words.setUint32(HEADER.every, every, true);
    this.#setMode(every === 0 ? this.#counted : this.#recorded | this.#counted);
    this.#signal();
  }

  captureKeys(on: boolean): void {
    this.#words.setUint32(HEADER.keyBytes, on ? this.#keyBytes : 0, true);
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.detach();
    this.#restore();
    this.#file.close();
  }

  #configure(options: ProbeOptions, races: boolean): void {
    const u32 = (at: number, value: number): void => this.#words.setUint32(at, value, true);
    const u64 = (at: number, value: bigint): void => this.#words.setBigUint64(at, value, true);
    for (let p = 0; p < this.#file.ps; p++) this.#clear(p);
    for (const { index } of HOOK_SITES)
      this.#outsideBefore[index] = this.#rings.wide(HEADER.outsideOf + 8 * index);
    u64(HEADER.patience, this.#patience());
    const labels = options.labels === true && this.takesLabels;
    const before = RECORD_HEAD + KEY_AREA + (labels ? LABELS_AREA : 0);
    const room = Math.floor((this.#file.shape.stride - before) / 8);
    u32(HEADER.frames, Math.min(options.frames, MAX_FRAMES, room));
    this.#keyBytes = options.keyBytes;
    u32(HEADER.keyBytes, options.keyBytes);
    u32(HEADER.every, options.sampleEvery);
    u64(HEADER.goid, BigInt(options.goid ?? 0));
    u64(HEADER.mapAddress, BigInt(options.mapAddress ?? 0));
    const oneMap = options.mapAddress === undefined ? 0 : FILTER.map;
    u32(HEADER.filter, oneMap | (options.goid === undefined ? 0 : FILTER.goid));
    const exits = this.#plan.sites.some((site) => site.role === 'exit');
    let sites = 0n;
    for (const { index, role, op } of this.#plan.sites)
      if (role === 'entry' && this.#plan.ops.includes(op)) sites |= 1n << BigInt(index);
    u64(HEADER.sites, sites);
    const events = options.mode !== 'counts' ? MODE.events | (labels ? MODE.labels : 0) : 0;
    const counts = options.mode !== 'events' ? MODE.counts : 0;
    this.#recorded = races ? MODE.races : events | (exits ? MODE.exits : 0);
    this.#counted = races ? 0 : counts;
    this.#setMode(options.sampleEvery === 0 ? this.#counted : this.#recorded | this.#counted);
    this.#settle();
  }

  /** The hook follows when it is signalled, which the beat does again and again. */
  #setMode(mode: number): void {
    this.#mode = mode;
    this.#words.setUint32(HEADER.mode, mode, true);
  }

  /** Twice: the first answer may be that to an earlier signal. */
  #settle(): void {
    this.#file.poke();
    this.#file.poke();
  }

  /** What a program keeps by itself has a hole from now on: only what we ask for is recorded. */
  #lend(): void {
    const now = this.#words.getBigInt64(HEADER.ackTicks, true);
    if (this.#words.getBigInt64(HEADER.lentAt, true) === 0n)
      this.#words.setBigInt64(HEADER.lentAt, now, true);
    this.#words.setBigInt64(HEADER.returnedAt, 0n, true);
  }

  /** A program that keeps its last operations by itself goes on with that. */
  #restore(): void {
    const base = this.#words.getUint32(HEADER.base, true);
    if (base === 0) return;
    const u32 = (at: number, value: number): void => this.#words.setUint32(at, value, true);
    u32(HEADER.frames, RECORDER.frames);
    u32(HEADER.keyBytes, RECORDER.keyBytes);
    u32(HEADER.every, 1);
    u32(HEADER.filter, 0);
    this.#words.setBigUint64(HEADER.patience, 0n, true);
    this.#words.setBigUint64(HEADER.sites, 2n ** 64n - 1n, true);
    this.#setMode(base);
    this.#mode = 0;
    try {
      this.#file.poke();
      this.#words.setBigInt64(HEADER.returnedAt, this.#words.getBigInt64(HEADER.ackTicks, true), true);
    } catch (error) {
      // It has ended, or does not answer: then it is not known to have gone on.
      if (!isMapauditError(error)) throw error;
    }
  }

  /** Two stamps some milliseconds apart, so that the first records have good times. */
  #calibrate(): void {
    const until = monotonicNs() + BigInt(FIRST_SPAN_NS);
    this.#takeStamp(monotonicNs());
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    while (monotonicNs() < until) Atomics.wait(sleeper, 0, 0, 5);
    this.#file.poke();
    this.#takeStamp(monotonicNs());
    if (this.#ticks.span <= 0) throw new MapauditError('hook-silent', "the program's clock does not move");
  }

  /** We are there. */
  #beat(): void {
    if (this.#isClosed) return;
    this.#file.beat();
    this.#takeStamp(monotonicNs());
    // Held up for so long that the hook took us for dead: it is woken, patient again.
    if (this.#mode === 0 || this.#words.getUint32(HEADER.mode, true) === this.#mode) return;
    this.#words.setBigUint64(HEADER.patience, this.#patience(), true);
    this.#setMode(this.#mode);
    this.#signal();
  }

  #takeStamp(now: bigint): void {
    const { ack } = this.#file;
    if (ack !== this.#ack) {
      this.#ack = ack;
      this.#stamped = now;
      this.#reserve();
      this.#ticks.stamp(
        this.#words.getBigInt64(HEADER.ackTicks, true),
        this.#words.getBigInt64(HEADER.ackNanos, true),
      );
    } else if (now - this.#stamped > STAMP_EVERY_NS) {
      this.#stamped = now;
      this.#signal();
    }
  }

  #patience(): bigint {
    return BigInt(Math.round(PATIENCE_NS * Math.max(this.#ticks.perNano, 1e-3)));
  }

  #signal(): void {
    try {
      this.#file.signal();
    } catch {
      // It has ended: its end is noticed elsewhere, and what it left is still to be read.
    }
  }

  /** The program may have more Ps now. Without room for them, their hits are counted as lost. */
  #reserve(): void {
    try {
      this.#file.reserve();
    } catch (error) {
      if (!isMapauditError(error, 'no-room')) throw error;
    }
  }

  #clear(p: number): void {
    const at = this.#rings.at(p);
    this.#file.bytes.fill(0, at + P.hits, at + bytesOfP(0, 0));
  }

  /** Hits of a site whose P has nothing in the shared file. */
  #outside(site: number): number {
    return this.#rings.wide(HEADER.outsideOf + 8 * site) - (this.#outsideBefore[site] ?? 0);
  }

  /** Hits of a site that were to be recorded and are not. */
  #withoutEvent(site: number): number {
    return this.#sum(P.dropped, site) + (this.#recorded === 0 ? 0 : this.#outside(site));
  }

  #sum(at: number, site: number): number {
    return this.#rings.sum(at + 8 * site, this.#file.ps);
  }
}

const noRoomForLabels = (pid: Pid): MapauditError =>
  new MapauditError(
    'labels-unread',
    `--label needs labels, and pid ${pid} has made its rings without room for them (MAPAUDIT=record)`,
    { hint: 'Uprobes read them: --probe kernel, as root.' },
  );
