import { isMapauditError, MapauditError } from '../../base/errors.ts';
import type { Pid } from '../../model/ids.ts';
import type { KeyPlan } from '../../model/key_plan.ts';
import type { KernelCounter, ProbeOptions, RunningProbe, SiteCount } from '../../model/probe.ts';
import type { ProbePlan } from '../../model/probe_plan.ts';
import { EXIT_RECORD, KEY_AREA, MAX_FRAMES, RECORD, RECORD_EXIT, RECORD_HEAD } from '../../model/record.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { onlineCpus } from '../../sys/cpus.ts';
import { PCounters } from './counters.ts';
import { bytesOfP, FILTER, HEADER, MODE, P, PS_AT } from './layout.ts';
import { PlanTable } from './plan_table.ts';
import { SharedFile } from './shared_file.ts';
import { Ticks } from './ticks.ts';

/** Whose hook to listen to. */
export interface BuildProbeSpec {
  readonly pid: Pid;
  readonly plan: ProbePlan;
  readonly options: ProbeOptions;
  readonly keyPlans: readonly KeyPlan[];
}

const STRIDE = Math.ceil((RECORD_HEAD + KEY_AREA + 8 * MAX_FRAMES) / 64) * 64;
/** Ps that can have a ring, and the most that all rings together may be: one mapping of ours. */
const PS = Math.max(16, Math.min(256, 2 * onlineCpus().length));
const MOST_BYTES = 1 << 30;
/** A record's time stamp is taken this long before it can be read, at most, unless its P is marked as busy. */
const SLACK_NS = 200_000n;
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
  readonly #file: SharedFile;
  readonly #words: DataView;
  readonly #plan: ProbePlan;
  readonly #pid: Pid;
  readonly #plans: PlanTable;
  readonly #counters: PCounters;
  readonly #ticks = new Ticks();
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Of each P: how much was read. */
  readonly #read: number[];
  readonly #timer: NodeJS.Timeout;
  #mode = 0;
  /** Bits for records, and for counters. */
  #recorded = 0;
  #counted = 0;
  fill = 0;
  #stamped = 0n;
  #watermark = 0n;
  #ack = -1;
  #isClosed = false;

  constructor({ pid, plan, options, keyPlans }: BuildProbeSpec) {
    const began = monotonicNs();
    this.#pid = pid;
    this.#plan = plan;
    const ringBytes = Math.min(options.ringBytes, MOST_BYTES / PS);
    const slots = 2 ** Math.floor(Math.log2(Math.max(64, ringBytes / STRIDE)));
    this.#file = new SharedFile(pid, { slots, stride: STRIDE, ps: PS });
    this.#words = this.#file.words;
    const { shape } = this.#file;
    this.#plans = new PlanTable(this.#words);
    this.#counters = new PCounters(this.#words, shape);
    this.#offsets = new Uint32Array(shape.slots);
    this.#lengths = new Uint32Array(shape.slots);
    this.#read = Array.from({ length: shape.ps }, (_, p) => this.#head(p));
    try {
      this.#calibrate();
      this.setKeyPlans(pid, keyPlans);
      this.#configure(options);
    } catch (error) {
      this.#file.close();
      throw error;
    }
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
    this.attachMs = Number(monotonicNs() - began) / 1e6;
  }

  drain(consume: (chunk: RingChunk) => void): bigint {
    const now = monotonicNs();
    this.#beat();
    let watermark = now - SLACK_NS;
    this.fill = 0;
    for (let p = 0; p < this.#file.ps; p++) {
      const busy = this.#u64(p, P.busy) !== 0;
      const last = this.#drainP(p, consume);
      // What its P is at work on has an earlier time stamp than we have now.
      if (busy) watermark = min(watermark, last ?? this.#watermark);
    }
    if (watermark > this.#watermark) this.#watermark = watermark;
    return this.#watermark;
  }

  detach(): void {
    this.#setMode(0);
    this.#signal();
  }

  lost(): number {
    let lost = this.#number(HEADER.outside);
    for (const { index } of this.#plan.sites) lost += this.#sum(P.dropped, index);
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
        hits: this.#sum(P.hits, index) + (counted.get(index) ?? 0),
        sampledOut: this.#sum(P.skipped, index),
        ringFull: this.#sum(P.dropped, index),
        ignored: 0,
      }));
  }

  counters(): readonly KernelCounter[] {
    if (this.#counted === 0) return [];
    return this.#counters.read(this.#pid, this.#file.ps, (site) => this.#sum(P.rest, site));
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

  close(): void {
    clearInterval(this.#timer);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.detach();
    this.#restore();
    this.#file.close();
  }

  #configure(options: ProbeOptions): void {
    const u32 = (at: number, value: number): void => this.#words.setUint32(at, value, true);
    const u64 = (at: number, value: bigint): void => this.#words.setBigUint64(at, value, true);
    for (let p = 0; p < this.#file.ps; p++) {
      this.#clear(p);
      this.#words.setBigUint64(this.#at(p) + P.tail, BigInt(this.#read[p] ?? 0), true);
    }
    u64(HEADER.outside, 0n);
    u64(HEADER.patience, this.#patience());
    const room = Math.floor((this.#file.shape.stride - RECORD_HEAD - KEY_AREA) / 8);
    u32(HEADER.frames, Math.min(options.frames, MAX_FRAMES, room));
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
    const events = options.mode !== 'counts' ? MODE.events : 0;
    const counts = options.mode !== 'events' ? MODE.counts : 0;
    this.#recorded = events | (exits ? MODE.exits : 0);
    this.#counted = counts;
    this.#setMode(options.sampleEvery === 0 ? counts : this.#recorded | counts);
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
    this.#signal();
  }

  #drainP(p: number, consume: (chunk: RingChunk) => void): bigint | undefined {
    const head = this.#head(p);
    const first = this.#read[p] ?? 0;
    const { slots, stride } = this.#file.shape;
    const found = head - first;
    if (found === 0) return undefined;
    // The memory is the program's to write: what no hook would write is left out.
    const isSane = found > 0 && found <= slots;
    const filled = isSane ? found : 0;
    this.fill = Math.max(this.fill, filled / slots);
    const ring = this.#at(p) + bytesOfP(0, 0);
    let last = 0n;
    let count = 0;
    for (let i = 0; i < filled; i++) {
      const at = ((first + i) % slots) * stride;
      const record = ring + at;
      last = this.#ticks.nanos(this.#words.getBigInt64(record + RECORD.time, true));
      this.#words.setBigInt64(record + RECORD.time, last, true);
      this.#words.setUint32(record + RECORD.pid, this.#pid, true);
      if (!this.#isRecord(record)) continue;
      this.#offsets[count] = at;
      this.#lengths[count++] =
        this.#words.getUint8(record + RECORD.kind) === RECORD_EXIT ? EXIT_RECORD : stride;
    }
    const bytes = this.#file.bytes.subarray(ring, ring + slots * stride);
    consume({ bytes, offsets: this.#offsets, lengths: this.#lengths, count });
    this.#read[p] = head;
    this.#words.setBigUint64(this.#at(p) + P.tail, BigInt(head), true);
    return last;
  }

  #isRecord(at: number): boolean {
    return (
      this.#words.getUint16(at + RECORD.probe, true) < this.#plan.sites.length &&
      this.#words.getUint8(at + RECORD.frameCount) <= MAX_FRAMES &&
      this.#words.getUint16(at + RECORD.keyStored, true) <= KEY_AREA
    );
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
    const at = this.#at(p);
    this.#file.bytes.fill(0, at + P.hits, at + bytesOfP(0, 0));
  }

  #head(p: number): number {
    return this.#u64(p, P.head);
  }

  #sum(at: number, site: number): number {
    let sum = 0;
    for (let p = 0; p < this.#file.ps; p++) sum += this.#u64(p, at + 8 * site);
    return sum;
  }

  #at(p: number): number {
    return PS_AT + p * bytesOfP(this.#file.shape.slots, this.#file.shape.stride);
  }

  #u64(p: number, at: number): number {
    return this.#number(this.#at(p) + at);
  }

  #number(at: number): number {
    return Number(this.#words.getBigUint64(at, true));
  }
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
