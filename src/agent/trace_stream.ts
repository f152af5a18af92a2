import type { MapOp } from '../model/map_op.ts';
import { WRITE_OPS } from '../model/map_op.ts';
import type { TraceOptions } from '../protocol/options.ts';
import type { EncodedEvents, TraceEvent } from '../protocol/event.ts';
import { type Condition, mentions } from '../query/condition/ast.ts';
import { holds } from '../query/condition/evaluate.ts';
import { rowReader } from '../query/condition/row_reader.ts';
import { EventObjects, EventTexts, type EventOutput } from '../query/event_output.ts';
import { type KeyDoubts } from '../query/key/doubts.ts';
import { KeyMatcher } from '../query/key/key_matcher.ts';
import { hasKey } from '../query/kernel_filter.ts';
import { type RowCondition, RowFilter } from '../query/row_filter.ts';
import { opsOf, type ProbeTotals, type Tally, totalsOf } from '../query/tally.ts';
import { traceRows, type TraceRowsOptions } from '../query/trace_rows.ts';
import { EventJson } from '../stream/event_json.ts';
import { type KeyText, KeyTexts } from '../stream/key_text.ts';
import { LabelTexts } from '../stream/label_text.ts';
import { EventLifter, type LiftOptions } from '../stream/lift.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import { wallOffsetNs } from '../sys/clock.ts';
import type { EventSource } from './audit.ts';
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
  /** Tell the pid of each event, also of one process alone. */
  readonly showPid?: boolean;
  /** Number the lives of maps; else events have no such number. By default they have. */
  readonly identity?: boolean;
  /** Asked of each event before it is delivered. */
  readonly accepts?: (event: TraceEvent) => boolean;
  /** By how much the wall clock was set since the run began; else the times of events go on with the clock as it was. */
  readonly wallMovedMs?: () => number;
}

/** What is left when the probes are out. */
export interface StreamEnd {
  readonly events: readonly (TraceEvent | EncodedEvents)[];
  readonly totals: ProbeTotals;
}

/** One audit's way from ring to events. */
export class TraceStream {
  readonly audit: EventSource;
  readonly #pipeline: Pipeline;
  readonly #rows: TraceRowsOptions;
  readonly #tally: Tally;
  readonly #symbols: SymbolCache;
  #ringFull = 0;
  #unknownTypes = 0;
  readonly #doubts = { cut: 0, unknown: 0 };

  constructor(audit: EventSource, shared: TraceShared) {
    const { options, effects, tally, condition } = shared;
    const { sites } = audit.plan;
    const sync = new Set(sites.flatMap((s) => (s.role === 'entry' && s.sync === true ? [s.index] : [])));
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
      identity: shared.identity ?? true,
      recorded: recordedOps(options),
      canonicalType: (pid, type) => canonicalType(audit, pid, type),
    });
    this.#symbols = new SymbolCache((pid) => audit.target(pid));
    const formatter = keyFormatter((pid) => audit.target(pid)?.types);
    const readImage = (pid: number, at: number, length: number): Uint8Array | undefined =>
      audit.target(pid)?.readImage(at, length);
    const onUnreadable = (): void => {
      tally.keyUnreadable++;
    };
    const keys = new KeyTexts({ mode: options.keys, formatter, salt: shared.salt, readImage, onUnreadable });
    const labels = new LabelTexts({ mode: options.labels ?? { type: 'none' }, salt: shared.salt, readImage });
    const allLabels = new LabelTexts({ mode: { type: 'full' }, salt: shared.salt, readImage });
    const whole = new KeyTexts({ mode: { type: 'full' }, formatter, salt: shared.salt, readImage });
    const ops = opsOf(sites);
    const reader = {
      ops,
      symbols: this.#symbols,
      keyText: (batch: TracedBatch, row: number): KeyText | undefined => whole.of(batch, row),
    };
    const matcher =
      options.filters.keyLiteral === undefined
        ? undefined
        : new KeyMatcher(options.filters.keyLiteral, {
            typesOf: (pid) => audit.target(pid)?.types,
            captured: (batch, row) => whole.captured(batch, row),
            text: (batch, row) => whole.of(batch, row)?.text,
          });
    const rowCondition: RowCondition | undefined =
      condition === undefined ? undefined : (batch, row) => holds(condition, rowReader(reader, batch, row));
    const filter = new RowFilter(
      options.filters,
      {
        symbols: this.#symbols,
        sync,
        keyText: (batch, row) => whole.of(batch, row),
        plainKey: (batch, row) => whole.plain(batch, row),
        labels: (batch, row) => allLabels.of(batch, row),
        ...(matcher === undefined
          ? {}
          : { likeness: (batch: TracedBatch, row: number) => matcher.likeness(batch, row) }),
        onDoubt: (doubt) => this.#doubts[doubt]++,
        onUnknownType: () => this.#unknownTypes++,
        onVerdict: (pid, subject, address, accept) => audit.setVerdict(pid, subject, address, accept),
      },
      rowCondition,
    );
    const offset = wallOffsetNs();
    const movedMs = shared.wallMovedMs?.() ?? 0;
    const lifting: LiftOptions = {
      sites,
      sync,
      symbols: this.#symbols,
      get wallOffset() {
        const set = Math.round((shared.wallMovedMs?.() ?? 0) - movedMs);
        return set === 0 ? offset : offset + BigInt(set) * 1_000_000n;
      },
      keyText: (batch, row) => keys.of(batch, row),
      labels: (batch, row) => labels.of(batch, row),
      showPid: shared.showPid ?? options.selection.type !== 'pid',
      ...(shared.facts === true
        ? { facts: { flavour: audit.plan.flavour, version: audit.plan.goVersion } }
        : {}),
    };
    const output = outputOf(lifting, audit, options, shared.accepts);
    this.#rows = { ops, filter, output, tally, wanted: shared.wanted };
  }

  /** Records that the ring had no room for, so far. */
  get ringFull(): number {
    return this.#ringFull;
  }

  /** Rows that a filter by type left out for want of the type's name. */
  get unknownTypes(): number {
    return this.#unknownTypes;
  }

  /** Rows of which it did not show whether they have the wanted key. */
  get doubts(): KeyDoubts {
    return this.#doubts;
  }

  /** Empties the rings. */
  drain(): readonly (TraceEvent | EncodedEvents)[] {
    this.#drain();
    return this.#rows.output.take();
  }

  #drain(): void {
    const watermark = this.audit.probe.drain((chunk) => this.#pipeline.add(chunk));
    this.#ringFull = this.audit.probe.lost();
    this.#pipeline.advance(watermark, this.#ringFull, (batch) => {
      for (const pid of this.audit.moved(batch)) this.#symbols.processMoved(pid);
      this.audit.planUnplanned(batch);
      traceRows(batch, this.#rows);
    });
  }

  /** Takes the probes out, and everything that is still in the rings. */
  finish(): StreamEnd {
    this.audit.probe.detach();
    this.#drain();
    this.#pipeline.flush(this.#ringFull, (batch) => traceRows(batch, this.#rows));
    const counts = this.audit.siteCounts();
    if (this.#rows.filter.open)
      for (const { site, sampledOut, ringFull } of counts) {
        const op = this.#entryOp(site);
        if (op !== undefined) this.#tally.addUnseen(op, sampledOut + ringFull);
      }
    return { events: this.#rows.output.take(), totals: totalsOf(counts) };
  }

  #entryOp(site: number): MapOp | undefined {
    const { sites } = this.audit.plan;
    return sites[site]?.role === 'entry' ? sites[site].op : undefined;
  }
}

function outputOf(
  lifting: LiftOptions,
  audit: EventSource,
  options: TraceOptions,
  accepts: TraceShared['accepts'],
): EventOutput {
  const lifter = new EventLifter(lifting);
  if (options.encoded !== true) return new EventObjects(lifter, accepts);
  const showsText = (pid: number, type: number): boolean =>
    options.keys.type === 'full' && audit.target(pid)?.hasTextKeys(type) === true;
  return new EventTexts(
    new EventJson({
      ...lifting,
      get wallOffset() {
        return lifting.wallOffset;
      },
      lifter,
      showsText: rememberedTypes(showsText),
    }),
  );
}

/** The same answer, asked for once a type. */
function rememberedTypes(ask: (pid: number, type: number) => boolean): typeof ask {
  let [lastPid, lastType, last] = [-1, -1, false];
  return (pid, type) => {
    if (pid !== lastPid || type !== lastType) [lastPid, lastType, last] = [pid, type, ask(pid, type)];
    return last;
  };
}

const capturesKeys = ({ keys, filters }: TraceOptions): boolean => keys.type !== 'none' || hasKey(filters);

/** Operations of which every one leaves a record: only a filter on the map itself takes none of a map's operations away. */
function recordedOps({ sampleEvery, filters }: TraceOptions): readonly MapOp[] {
  const partial =
    sampleEvery !== 1 || filters.goid !== undefined || hasKey(filters) || filters.site !== undefined;
  return partial ? [] : filters.ops.filter((op) => WRITE_OPS.includes(op));
}

/** Go 1.18 and 1.19 pass the descriptor of a generic function's shape: it says nothing about which map it is. */
function canonicalType(audit: EventSource, pid: number, type: number): number {
  const target = audit.target(pid);
  const isOld = target !== undefined && target.binary.version.minor < 20;
  return isOld && target.typeName(type)?.includes('go.shape.') === true ? 0 : type;
}
