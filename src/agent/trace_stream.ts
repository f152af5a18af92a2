import type { MapOp } from '../model/map_op.ts';
import { WRITE_OPS } from '../model/map_op.ts';
import type { TraceOptions } from '../protocol/options.ts';
import type { TraceEvent } from '../protocol/event.ts';
import { type Condition, mentions } from '../query/condition/ast.ts';
import { holds } from '../query/condition/evaluate.ts';
import { rowReader } from '../query/condition/row_reader.ts';
import { type RowCondition, RowFilter } from '../query/row_filter.ts';
import { opsOf, type ProbeTotals, type Tally, totalsOf } from '../query/tally.ts';
import { traceRows, type TraceRowsOptions } from '../query/trace_rows.ts';
import { type KeyText, KeyTexts } from '../stream/key_text.ts';
import { EventLifter } from '../stream/lift.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import { wallOffsetNs } from '../sys/clock.ts';
import type { Audit } from './audit.ts';
import { keyFormatter } from './key_formatter.ts';
import type { Effects } from './plans.ts';

/** What all streams of one run share. */
export interface TraceShared {
  readonly options: TraceOptions;
  readonly effects: Effects;
  readonly tally: Tally;
  readonly wanted: () => number;
  readonly salt: Uint8Array;
  /** What an event must also meet. */
  readonly condition?: Condition;
  /** Record the map's header and registers, and tell of them. */
  readonly facts?: boolean;
  /** Asked of each event before it is delivered. */
  readonly accepts?: (event: TraceEvent) => boolean;
}

/** One audit's way from ring to events. */
export class TraceStream {
  readonly audit: Audit;
  readonly #pipeline: Pipeline;
  readonly #rows: TraceRowsOptions;
  readonly #tally: Tally;
  readonly #symbols: SymbolCache;
  #ringFull = 0;

  constructor(audit: Audit, shared: TraceShared) {
    const { options, effects, tally, condition } = shared;
    const { sites } = audit.plan;
    const asksKey = condition !== undefined && mentions(condition, 'key');
    this.audit = audit;
    this.#tally = tally;
    this.#pipeline = new Pipeline({
      plan: audit.plan,
      records: {
        keyArea: true,
        keepKeys: capturesKeys(options) || asksKey,
        keepFrames: options.frames > 0,
        facts: shared.facts === true,
      },
      effects: effects !== 'off',
      identity: true,
      recorded: recordedOps(options),
      canonicalType: (pid, type) => canonicalType(audit, pid, type),
    });
    this.#symbols = new SymbolCache((pid) => audit.target(pid));
    const formatter = keyFormatter((pid) => audit.target(pid)?.types);
    const readImage = (pid: number, at: number, length: number): Uint8Array | undefined =>
      audit.target(pid)?.readImage(at, length);
    const keys = new KeyTexts({ mode: options.keys, formatter, salt: shared.salt, readImage });
    const whole = new KeyTexts({ mode: { type: 'full' }, formatter, salt: shared.salt, readImage });
    const ops = opsOf(sites);
    const reader = {
      ops,
      symbols: this.#symbols,
      keyText: (batch: TracedBatch, row: number): KeyText | undefined => whole.of(batch, row),
    };
    const rowCondition: RowCondition | undefined =
      condition === undefined ? undefined : (batch, row) => holds(condition, rowReader(reader, batch, row));
    const filter = new RowFilter(
      options.filters,
      {
        symbols: this.#symbols,
        keyText: (batch, row) => whole.of(batch, row),
        onVerdict: (pid, subject, address, accept) => audit.setVerdict(pid, subject, address, accept),
      },
      rowCondition,
    );
    const lifter = new EventLifter({
      sites,
      symbols: this.#symbols,
      wallOffset: wallOffsetNs(),
      keyText: (batch, row) => keys.of(batch, row),
      showPid: options.selection.type !== 'pid',
      ...(shared.facts === true
        ? { facts: { flavour: audit.plan.flavour, version: audit.plan.goVersion } }
        : {}),
    });
    this.#rows = { ops, filter, lifter, tally, wanted: shared.wanted, accepts: shared.accepts };
  }

  /** Records that the ring had no room for, so far. */
  get ringFull(): number {
    return this.#ringFull;
  }

  /** Empties the rings into `events`. */
  drain(events: TraceEvent[]): void {
    const watermark = this.audit.probe.drain((chunk) => this.#pipeline.add(chunk));
    this.#ringFull = this.audit.probe.lost();
    this.#pipeline.advance(watermark, this.#ringFull, (batch) => {
      this.audit.planUnplanned(batch);
      append(events, traceRows(batch, this.#rows));
    });
  }

  /** Takes the probes out, and everything that is still in the rings. */
  finish(events: TraceEvent[]): ProbeTotals {
    this.audit.probe.detach();
    this.drain(events);
    this.#pipeline.flush(this.#ringFull, (batch) => append(events, traceRows(batch, this.#rows)));
    const counts = this.audit.siteCounts();
    if (this.#rows.filter.open)
      for (const { site, sampledOut, ringFull } of counts) {
        const op = this.#entryOp(site);
        if (op !== undefined) this.#tally.addUnseen(op, sampledOut + ringFull);
      }
    return totalsOf(counts);
  }

  #entryOp(site: number): MapOp | undefined {
    const { sites } = this.audit.plan;
    return sites[site]?.role === 'entry' ? sites[site].op : undefined;
  }
}

function append(to: TraceEvent[], events: readonly TraceEvent[]): void {
  for (const event of events) to.push(event);
}

const capturesKeys = ({ keys, filters }: TraceOptions): boolean =>
  keys.type !== 'none' || filters.key !== undefined;

/** Operations of which every one leaves a record: only a filter on the map itself takes none of a map's operations away. */
function recordedOps({ sampleEvery, filters }: TraceOptions): readonly MapOp[] {
  const partial =
    sampleEvery !== 1 ||
    filters.goid !== undefined ||
    filters.key !== undefined ||
    filters.site !== undefined;
  return partial ? [] : filters.ops.filter((op) => WRITE_OPS.includes(op));
}

/** Go 1.18 and 1.19 pass the descriptor of a generic function's shape: it says nothing about which map it is. */
function canonicalType(audit: Audit, pid: number, type: number): number {
  const target = audit.target(pid);
  const isOld = target !== undefined && target.binary.version.minor < 20;
  return isOld && target.typeName(type)?.includes('go.shape.') === true ? 0 : type;
}
