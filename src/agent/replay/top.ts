import type { Window } from '../../model/window.ts';
import { windowOf } from '../../evidence/window_line.ts';
import type { Attached } from '../../protocol/attached.ts';
import { NO_LOSS } from '../../protocol/loss.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { TopOptions } from '../../protocol/options.ts';
import type { TopLine, TopSession } from '../../protocol/questions.ts';
import type { KeyPrefixCounter, Snapshot } from '../../protocol/snapshot.ts';
import type { EndReason, Summary } from '../../protocol/summary.ts';
import { EventFilter } from '../../query/recorded/event_filter.ts';
import { PrefixCounts } from '../../query/recorded/prefix_counts.ts';
import { WindowCounts } from '../../query/recorded/window_counts.ts';
import { eventOf } from './event_of.ts';
import { Pace } from './pace.ts';
import type { Recording } from './recording.ts';
import { notRecorded, RunFacts } from './run_facts.ts';

/** Key prefixes that are shown. */
const PREFIXES = 200;

/** `top` out of a recording: its windows are what the probe itself has counted. */
export function replayTop(
  recording: Recording,
  options: TopOptions,
  signal: AbortSignal,
  speed: number | undefined,
): TopSession {
  const wish = { keys: false };
  return {
    lines: topLines(recording, options, wish, new Pace(speed, signal)),
    wantKeys(on) {
      wish.keys = on && options.keys.type === 'full';
    },
  };
}

async function* topLines(
  recording: Recording,
  options: TopOptions,
  wish: { readonly keys: boolean },
  pace: Pace,
): AsyncGenerator<TopLine, void> {
  const run = new TopReplay(recording, options);
  yield* topNotices(recording, options);
  let ended: EndReason | undefined;
  for await (const part of recording.read(['run', 'windows', 'events'])) {
    if (part.type === 'notice') yield part;
    else if (part.kind === 'summary') run.facts.takeSummary(part.lines);
    else if (part.kind === 'run')
      for (const line of run.facts.runLines(part.lines)) {
        if (line.type === 'attached') run.targets.push(line);
        yield line;
      }
    else if (part.kind === 'events') run.keys(wish.keys, part.lines);
    else
      for (const line of part.lines) {
        const window = windowOf(line);
        if (window === undefined) continue;
        run.add(window);
        await pace.until(window.start + window.lengthMs);
        if (pace.ended) ended = 'ctrl-c';
        else if (run.isOver) ended = 'duration';
        if (ended !== undefined) break;
        if (run.isDue) yield run.snapshot();
      }
    if (ended !== undefined) break;
  }
  yield run.snapshot(ended ?? 'done');
  yield* run.leftOut();
  yield run.summary(ended ?? 'done');
}

class TopReplay {
  readonly facts: RunFacts;
  readonly targets: Attached[] = [];
  readonly #recording: Recording;
  readonly #options: TopOptions;
  readonly #counts: WindowCounts;
  readonly #filter: EventFilter;
  #prefixes: PrefixCounts | undefined;
  #lastPrefixes = new Map<string, number>();
  #first: number | undefined;
  #at = 0;
  #shownAt: number | undefined;
  readonly #byOp = new Map<string, number>();

  constructor(recording: Recording, options: TopOptions) {
    this.#recording = recording;
    this.#options = options;
    this.facts = new RunFacts(options.selection);
    this.#counts = new WindowCounts(options.filters, this.facts.showPid, this.facts.pid);
    this.#filter = new EventFilter(options.filters);
  }

  add(window: Window): void {
    this.#first ??= window.start;
    this.#shownAt ??= window.start;
    this.#at = window.start + window.lengthMs;
    this.#counts.add(window);
  }

  get isOver(): boolean {
    const { durationMs } = this.#options;
    return durationMs !== undefined && this.#elapsed >= durationMs;
  }

  get isDue(): boolean {
    return !this.#options.once && this.#at - (this.#shownAt ?? 0) >= this.#options.intervalMs;
  }

  get #elapsed(): number {
    return this.#at - (this.#first ?? this.#at);
  }

  /** Keys are counted from the moment on at which somebody wants them. */
  keys(wanted: boolean, lines: readonly unknown[]): void {
    if (!wanted) this.#prefixes = undefined;
    if (!wanted) return;
    this.#prefixes ??= new PrefixCounts();
    for (const line of lines) {
      const event = eventOf(this.#recording.path, line);
      if (this.facts.isWanted(event.pid) && this.#filter.accepts(event)) this.#prefixes.add(event);
    }
  }

  snapshot(ended?: EndReason): Snapshot {
    const interval = this.#at - (this.#shownAt ?? this.#at);
    const counters = this.#counts.rows(Math.max(0.001, interval / 1000));
    this.#byOp.clear();
    for (const { op, count } of counters) this.#byOp.set(op, (this.#byOp.get(op) ?? 0) + count);
    this.#shownAt = this.#at;
    const every = this.#recording.about?.recorded.sample ?? 1;
    return {
      type: 'snapshot',
      time: new Date(this.#at).toISOString(),
      elapsed_ms: this.#elapsed,
      interval_ms: interval,
      targets: this.targets,
      counters,
      ...(this.#prefixes === undefined
        ? {}
        : { key_prefixes: this.#prefixRows(interval, every), keys_sampled_every: every }),
      events: counters.reduce((sum, row) => sum + row.count, 0),
      lost: 0,
      loss: NO_LOSS,
      ...(ended === undefined ? {} : { ended }),
    };
  }

  leftOut(): Notice[] {
    const count = this.#prefixes?.leftOut ?? 0;
    if (count === 0) return [];
    const message = `${count.toLocaleString('en-US')} events are in no key prefix: there were too many different ones`;
    return [warning('prefixes-left-out', message)];
  }

  summary(ended: EndReason): Summary {
    const byOp = Object.fromEntries([...this.#byOp].map(([op, events]) => [op, { events }]));
    return {
      type: 'summary',
      ended,
      duration_ms: this.#elapsed,
      events: [...this.#byOp.values()].reduce((sum, count) => sum + count, 0),
      lost: 0,
      sampled: 0,
      loss: NO_LOSS,
      by_op: byOp,
    };
  }

  #prefixRows(interval: number, every: number): KeyPrefixCounter[] {
    const now = new Map<string, number>();
    const rows = [...(this.#prefixes?.all ?? [])]
      .sort((a, b) => b.count - a.count)
      .slice(0, PREFIXES)
      .map(({ pid, prefix, op, mapType, count: seen }): KeyPrefixCounter => {
        const count = seen * every;
        const name = `${pid ?? ''} ${op} ${mapType ?? ''} ${prefix}`;
        now.set(name, count);
        return {
          ...(this.facts.showPid && pid !== undefined ? { pid } : {}),
          prefix,
          op,
          ...(mapType === undefined ? {} : { map_type: mapType }),
          count,
          rate: (count - (this.#lastPrefixes.get(name) ?? 0)) / Math.max(0.001, interval / 1000),
        };
      });
    this.#lastPrefixes = now;
    return rows;
  }
}

function topNotices(recording: Recording, { filters, intervalMs, once }: TopOptions): Notice[] {
  const asked = filters.key ?? filters.keyLiteral ?? filters.goid;
  return [
    ...notRecorded(recording, filters),
    ...(asked === undefined
      ? []
      : [
          warning(
            'counts-without-keys',
            'counts of a recording know neither keys nor goroutines: those filters are left out',
            'mapaudit replay FILE trace looks at each event.',
          ),
        ]),
    ...(!once && intervalMs % 1000 !== 0
      ? [warning('whole-seconds', 'a recording counts by whole seconds: snapshots come at the next one')]
      : []),
  ];
}

const warning = (code: string, message: string, hint?: string): Notice => ({
  type: 'notice',
  level: 'warning',
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});
