import type { Closable } from '../base/dispose.ts';
import { DEFAULT_OPS, WRITE_OPS } from '../model/map_op.ts';
import { FLAG_GOROUTINE_UNREADABLE, RECORD_ENTRY } from '../model/record.ts';
import type { Attached } from '../protocol/attached.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind } from '../protocol/options.ts';
import type { Selection } from '../protocol/selection.ts';
import type { EndReason } from '../protocol/summary.ts';
import { ObservedMaps, type SeenCounter, type SeenMap } from '../query/maps/observed_maps.ts';
import { opsOf } from '../query/tally.ts';
import { counterRow } from '../stream/aggregate/counter_row.ts';
import { KernelCounts } from '../stream/aggregate/kernel_counts.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import type { Audit } from './audit.ts';
import { Fleet } from './fleet.ts';
import { ringBytesOf } from './ring_size.ts';

/** So many samples in one look are enough; when more come, fewer are taken. */
const SAMPLES_A_LOOK = 200;
const FEWEST = 1 << 16;

/** Sees who writes to the maps of some processes: every operation is counted, and some are looked at. */
export class MapsObserver implements Closable {
  readonly #fleet: Fleet;
  readonly #streams = new Map<Audit, ObservedStream>();
  #lines: (Attached | Notice)[] = [];

  /** `kind`: how operations are noticed. */
  constructor(selection: Selection, kind: ProbeKind) {
    const probe = {
      mode: 'both',
      sampleEvery: 1,
      frames: 0,
      keyBytes: 0,
      verdicts: false,
      ringBytes: ringBytesOf(undefined),
    } as const;
    this.#fleet = new Fleet(
      { selection, ops: DEFAULT_OPS, effects: 'off', probe, kind },
      {
        joined: (audit) => {
          this.#lines.push(audit.attached);
          this.#streams.set(audit, new ObservedStream(audit));
        },
        left: (audit) => this.#streams.delete(audit),
        notice: (notice) => this.#lines.push(notice),
      },
    );
  }

  get ended(): EndReason | undefined {
    return this.#fleet.ended;
  }

  get fill(): number {
    return Math.max(0, ...this.#fleet.audits.map((audit) => audit.probe.fill));
  }

  takeLines(): readonly (Attached | Notice)[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** Operations count from now on. */
  begin(): void {
    for (const stream of this.#streams.values()) stream.begin();
  }

  step(look: boolean): void {
    if (look) this.#fleet.look();
    for (const stream of this.#streams.values()) stream.drain();
  }

  /** Takes the probes out, and tells of all maps that were seen, with what was done up to now. */
  finish(durationMs: number): readonly SeenMap[] {
    for (const stream of this.#streams.values()) stream.end(durationMs);
    for (const { probe } of this.#fleet.audits) probe.detach();
    return [...this.#streams.values()].flatMap((stream) => stream.finish(durationMs));
  }

  close(): void {
    this.#fleet.close();
  }
}

/** One audit's counters and samples. */
class ObservedStream {
  readonly #audit: Audit;
  readonly #symbols: SymbolCache;
  readonly #pipeline: Pipeline;
  readonly #ops: ReturnType<typeof opsOf>;
  readonly #maps = new ObservedMaps();
  readonly #counts = new KernelCounts();
  #every = 1;

  constructor(audit: Audit) {
    this.#audit = audit;
    this.#symbols = new SymbolCache((pid) => audit.target(pid));
    this.#ops = opsOf(audit.plan.sites);
    this.#pipeline = new Pipeline({
      plan: audit.plan,
      records: { keyArea: true, keepKeys: false, keepFrames: false },
      effects: false,
      identity: false,
      recorded: [],
    });
  }

  drain(): void {
    const watermark = this.#audit.probe.drain((chunk) => this.#pipeline.add(chunk));
    let samples = 0;
    this.#pipeline.advance(watermark, 0, (batch) => {
      samples += batch.length;
      this.#take(batch);
    });
    if (samples > SAMPLES_A_LOOK && this.#every < FEWEST)
      this.#audit.probe.setSampling((this.#every *= 2 ** Math.ceil(Math.log2(samples / SAMPLES_A_LOOK))));
  }

  begin(): void {
    this.#counts.begin(this.#audit.counters());
  }

  end(durationMs: number): void {
    this.#counts.update(this.#audit.counters(), durationMs / 1000);
  }

  finish(durationMs: number): readonly SeenMap[] {
    this.drain();
    const { sites } = this.#audit.plan;
    const counted = this.#counts.rows().filter(({ count }) => count > 0);
    const counters = counted.map((raw): SeenCounter => {
      const row = counterRow(raw, sites, this.#symbols, 'address');
      return { row, map: raw.map, type: raw.type };
    });
    return this.#maps.maps(counters, durationMs);
  }

  #take(batch: TracedBatch): void {
    for (let row = 0; row < batch.length; row++) {
      const op = this.#ops[batch.probe[row] ?? 0];
      const goroutine = batch.goid[row] ?? 0;
      const unread = ((batch.flags[row] ?? 0) & FLAG_GOROUTINE_UNREADABLE) !== 0;
      if (batch.kind[row] !== RECORD_ENTRY || goroutine === 0 || unread) continue;
      if (op === undefined || !WRITE_OPS.includes(op)) continue;
      const pid = batch.pid[row] ?? 0;
      const start = this.#symbols.startFunction(pid, batch.startPc[row] ?? 0);
      this.#maps.wrote(pid, batch.map[row] ?? 0, goroutine, start);
    }
  }
}
