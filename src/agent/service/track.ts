import type { Closable } from '../../base/dispose.ts';
import type { ServedEvent } from '../../model/feed.ts';
import { isRead, type MapOp } from '../../model/map_op.ts';
import { KEY_TEXT_MAX } from '../../model/record.ts';
import type { ProbeKind, TraceOptions } from '../../protocol/options.ts';
import { capturesLabels } from '../../query/kernel_filter.ts';
import { Tally, totalsOf } from '../../query/tally.ts';
import type { SteadyClock } from '../../sys/steady_clock.ts';
import { Audit } from '../audit.ts';
import { effectsOf } from '../plans.ts';
import type { Target } from '../target.ts';
import { TraceStream } from '../trace_stream.ts';
import { wayFor } from '../way.ts';
import type { MeteredProbe } from './cost_meter.ts';
import type { Detail } from './governor.ts';

/** What all tracks of a service have in common. */
export interface TrackOptions {
  readonly keys: TraceOptions['keys'];
  readonly labels?: TraceOptions['labels'];
  readonly ringBytes: number;
  readonly counterSlots: number;
  readonly salt: Uint8Array;
  readonly clock: SteadyClock;
}

/** Frames of each event's stack beyond the caller: what the picture of stacks is made of. */
const FRAMES = 8;

/**
 * A probe on one process for some operations: it counts all, and makes events of some. Reads have a track of their own,
 * so that they can be left alone while writes are counted without a gap.
 */
export class Track implements Closable {
  readonly audit: Audit;
  readonly #stream: TraceStream;
  readonly #isReads: boolean;
  readonly #hasExits: boolean;
  readonly #options: TraceOptions;

  /** Errors: those of `wayFor` and of attaching. */
  constructor(
    target: Target,
    ops: readonly MapOp[],
    kind: ProbeKind,
    { keys, labels, ringBytes, counterSlots, salt, clock }: TrackOptions,
    detail: Detail,
  ) {
    const options: TraceOptions = {
      selection: { type: 'pid', pid: target.pid },
      filters: { ops },
      keys,
      ...(labels === undefined ? {} : { labels }),
      effects: 'auto',
      probe: kind,
      frames: FRAMES,
      // Not 1: it changes while the probe runs, so gaps are always possible.
      sampleEvery: 0,
    };
    const effects = effectsOf('auto', ops);
    const way = wayFor(target.binary, target.pid, { kind, ops, effects, plan: undefined });
    this.audit = new Audit(
      { type: 'process', target },
      way,
      {
        mode: 'both',
        sampleEvery: detail.sampleEvery,
        frames: FRAMES,
        keyBytes: keys.type === 'none' ? 0 : KEY_TEXT_MAX,
        labels: capturesLabels(labels, { ops }),
        verdicts: false,
        ringBytes,
        counterSlots,
      },
      false,
    );
    this.#options = options;
    this.#isReads = ops.every(isRead);
    this.#hasExits = way.plan.sites.some(({ role }) => role === 'exit');
    this.#stream = this.#open(salt, effects, clock);
    this.apply(detail);
  }

  get fill(): number {
    return this.audit.probe.fill;
  }

  /** Records that the ring had no room for, so far. */
  get ringFull(): number {
    return this.#stream.ringFull;
  }

  apply({ sampleEvery, keys }: Detail): void {
    this.audit.probe.setSampling(sampleEvery);
    this.audit.probe.captureKeys?.(keys);
  }

  /** Events since the last time. */
  drain(): ServedEvent[] {
    return this.#stream.drain().filter((line) => line.type === 'event');
  }

  /** Takes the probe out; its counters can still be read. */
  finish(): ServedEvent[] {
    return this.#stream.finish().events.filter((line) => line.type === 'event');
  }

  /** Operations so far, also of those that made no event. */
  counted(): ReadonlyMap<MapOp, number> {
    const { sites } = this.audit.plan;
    const counted = new Map<MapOp, number>();
    for (const { site, hits } of this.audit.siteCounts()) {
      const { op, role } = sites[site] ?? {};
      if (op !== undefined && role === 'entry' && hits > 0) counted.set(op, (counted.get(op) ?? 0) + hits);
    }
    return counted;
  }

  metered(): MeteredProbe {
    const counts = this.audit.siteCounts();
    const { sampledOut } = totalsOf(counts);
    let [entries, hits] = [0, 0];
    for (const count of counts) {
      entries += count.hits + count.ignored;
      hits += count.hits;
    }
    const { probe } = this.audit;
    const events = hits - sampledOut;
    return { probe, entries, events, hasExits: this.#hasExits, isReads: this.#isReads };
  }

  /** Without holding all up; `close` follows. */
  takeOut(): Promise<void> {
    return this.audit.takeOut();
  }

  close(): void {
    this.audit.close();
  }

  #open(salt: Uint8Array, effects: ReturnType<typeof effectsOf>, clock: SteadyClock): TraceStream {
    return new TraceStream(this.audit, {
      options: this.#options,
      effects,
      tally: new Tally(),
      wanted: () => Infinity,
      salt,
      showPid: true,
      // Lives of maps are numbered by each track for itself: the numbers of reads would mean other maps.
      identity: !this.#isReads,
      wallMovedMs: () => clock.movedMs,
    });
  }
}
