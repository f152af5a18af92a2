import { randomBytes } from 'node:crypto';
import type { ProbeOptions } from '../model/probe.ts';
import type { Notice } from '../protocol/notice.ts';
import type { TraceOptions } from '../protocol/options.ts';
import type { TraceLine } from '../protocol/questions.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { captureBytes, capturesLabels, kernelFilter } from '../query/kernel_filter.ts';
import { mentions } from '../query/condition/ast.ts';
import { addDoubts, doubtNotices, NO_DOUBTS } from '../query/key/doubts.ts';
import { Tally } from '../query/tally.ts';
import type { Audit } from './audit.ts';
import { Fleet } from './fleet.ts';
import { effectsOf } from './plans.ts';
import { ringBytesOf } from './ring_size.ts';
import { RunClock } from './run_clock.ts';
import { type TraceShared, TraceStream } from './trace_stream.ts';

/** A consumer that takes longer than this for a batch holds the drain up: what is lost then is its loss. */
const SLOW_MS = 50;

/** What a run may want beyond what `trace` asks for. */
export type TraceExtras = Pick<TraceShared, 'condition' | 'facts' | 'accepts' | 'showPid' | 'wallMovedMs'> & {
  /** Counters are kept beside the events, for whoever reads them. */
  readonly observer?: TraceObserver;
};

/** Whoever reads the counters of a run. */
export interface TraceObserver {
  joined(audit: Audit): void;
  /** Its probe is out, and its events are delivered; its counters can still be read. */
  left(audit: Audit): void;
  /** Asked after each drain; true when something is to be taken. */
  look(): boolean;
}

/** A running `trace`: probes in place until the iteration ends, whichever way. */
export async function* traceLines(
  options: TraceOptions,
  signal: AbortSignal,
  extras: TraceExtras = {},
): AsyncGenerator<readonly TraceLine[], void> {
  const run = new TraceRun(options, extras);
  const clock = new RunClock(options.durationMs, signal);
  try {
    let end: EndReason | undefined;
    while (end === undefined) {
      const lines = run.step(clock.isTimeToLook);
      const isObserved = extras.observer?.look() === true;
      if (lines.length > 0 || isObserved) {
        const before = performance.now();
        yield lines;
        run.consumerTook(performance.now() - before);
      }
      end = run.ended ?? clock.ended;
      if (end === undefined) await clock.tick(run.fill);
    }
    yield run.finish(end, clock.elapsedMs);
  } finally {
    await run.close();
  }
}

class TraceRun {
  readonly #options: TraceOptions;
  readonly #tally = new Tally();
  readonly #shared: TraceShared;
  readonly #streams = new Map<Audit, TraceStream>();
  readonly #fleet: Fleet;
  readonly #observer: TraceObserver | undefined;
  /** Lines that came up outside a drain: attachments, notices, the last events of a process. */
  #extra: TraceLine[] = [];
  #sampled = 0;
  #lostGone = 0;
  #lostSeen = 0;
  #outputSlow = 0;
  #unknownTypes = 0;
  #slow = false;
  #doubts = NO_DOUBTS;

  constructor(options: TraceOptions, { observer, ...extras }: TraceExtras) {
    this.#options = options;
    this.#observer = observer;
    const effects = effectsOf(options.effects, options.filters.ops);
    const wanted = (): number => (options.count ?? Infinity) - this.#tally.events;
    this.#shared = { options, effects, tally: this.#tally, wanted, salt: randomBytes(32), ...extras };
    this.#fleet = new Fleet(
      {
        selection: options.selection,
        ops: options.filters.ops,
        effects,
        sync: options.filters.sync === true,
        map: options.filters.map,
        probe: probeOptions(options, extras, observer === undefined ? 'events' : 'both'),
        kind: options.probe,
      },
      {
        joined: (audit) => this.#join(audit),
        left: (audit) => this.#leave(audit),
        notice: (notice) => this.#extra.push(notice),
      },
    );
  }

  get ended(): EndReason | undefined {
    return this.#isCountReached ? 'count' : this.#fleet.ended;
  }

  get #isCountReached(): boolean {
    return this.#tally.events >= (this.#options.count ?? Infinity);
  }

  /** The share to which the fullest ring of all was found filled. */
  get fill(): number {
    return Math.max(0, ...[...this.#streams.keys()].map((audit) => audit.probe.fill));
  }

  /** The consumer was busy for so long with the last batch. */
  consumerTook(ms: number): void {
    this.#slow = ms > SLOW_MS;
  }

  step(look: boolean): readonly TraceLine[] {
    if (look) this.#fleet.look();
    const events = [...this.#streams.values()].flatMap((stream) => stream.drain());
    this.#noteLoss();
    const lines: TraceLine[] = [...this.#extra, ...events];
    this.#extra = [];
    return lines;
  }

  finish(ended: EndReason, elapsedMs: number): readonly TraceLine[] {
    const events = [...this.#streams].flatMap(([audit, stream]) => this.#finishStream(audit, stream));
    this.#streams.clear();
    if (this.#unknownTypes > 0) this.#extra.push(unknownTypesNotice(this.#unknownTypes));
    this.#extra.push(...doubtNotices(this.#doubts));
    return [...this.#extra, ...events, this.#summary(ended, elapsedMs)];
  }

  close(): Promise<void> {
    return this.#fleet.end();
  }

  #join(audit: Audit): void {
    this.#extra.push(audit.attached);
    this.#streams.set(audit, new TraceStream(audit, this.#shared));
    this.#observer?.joined(audit);
  }

  /** Its rings still hold what it did last. */
  #leave(audit: Audit): void {
    const stream = this.#streams.get(audit);
    if (stream !== undefined) this.#extra.push(...this.#finishStream(audit, stream));
    this.#streams.delete(audit);
  }

  #finishStream(audit: Audit, stream: TraceStream): readonly TraceLine[] {
    // What was asked for has been delivered: what came after it is neither wanted nor lost.
    if (this.#isCountReached) {
      this.#lostGone += stream.ringFull;
      this.#noteDoubts(stream);
      this.#observer?.left(audit);
      return [];
    }
    const { events, totals } = stream.finish();
    this.#noteDoubts(stream);
    this.#unknownTypes += stream.unknownTypes;
    this.#sampled += totals.sampledOut;
    this.#noteLoss();
    this.#lostGone += totals.ringFull;
    this.#observer?.left(audit);
    return events;
  }

  #noteDoubts({ doubts }: TraceStream): void {
    this.#doubts = addDoubts(this.#doubts, doubts);
  }

  #lostNow(): number {
    let lost = this.#lostGone;
    for (const stream of this.#streams.values()) lost += stream.ringFull;
    return lost;
  }

  #noteLoss(): void {
    const fresh = this.#lostNow() - this.#lostSeen;
    if (fresh <= 0) return;
    this.#lostSeen += fresh;
    if (this.#slow) this.#outputSlow += fresh;
    this.#extra.push(lossNotice(fresh, this.#slow));
  }

  #summary(ended: EndReason, elapsedMs: number): Summary {
    const tally = this.#tally;
    return {
      type: 'summary',
      ended,
      duration_ms: Math.round(elapsedMs),
      events: tally.events,
      lost: this.#lostGone,
      sampled: this.#sampled,
      loss: {
        ring_full: this.#lostGone - this.#outputSlow,
        output_slow: this.#outputSlow,
        key_unreadable: tally.keyUnreadable,
        stack_unreadable: tally.stackUnreadable,
        len_unreadable: tally.lenUnreadable,
      },
      by_op: tally.byOp(),
    };
  }
}

function probeOptions(options: TraceOptions, extras: TraceExtras, mode: ProbeOptions['mode']): ProbeOptions {
  const asksKey = extras.condition !== undefined && mentions(extras.condition, 'key');
  const filters = asksKey ? { ...options.filters, key: options.filters.key ?? '*' } : options.filters;
  return {
    mode,
    sampleEvery: options.sampleEvery,
    frames: options.frames,
    keyBytes: captureBytes(options.keys, filters),
    ...kernelFilter(options.filters),
    ringBytes: ringBytesOf(options.ringBytes),
    facts: extras.facts === true,
    labels: capturesLabels(options.labels, options.filters),
    needsLabels: options.filters.label !== undefined,
  };
}

function unknownTypesNotice(count: number): Notice {
  return {
    type: 'notice',
    level: 'warning',
    code: 'types-unknown',
    message: `${count.toLocaleString('en-US')} operations on maps of unknown types were left out by --map`,
    hint: 'Their types were made at run time, by a process that ended before it could be asked: trace without --map shows them.',
  };
}

function lossNotice(count: number, slow: boolean): Notice {
  const n = count.toLocaleString('en-US');
  return {
    type: 'notice',
    level: 'warning',
    code: 'events-lost',
    message: slow ? `${n} events lost: the output is read too slowly` : `${n} events lost: the ring was full`,
    hint: slow
      ? 'Write to a file with -o FILE, take fewer operations (--op, --map, --site), or sample (--sample 1/100).'
      : 'Make the rings larger (--ring 64M), take fewer operations (--op, --map, --site), or sample (--sample 1/100).',
  };
}
