import type { TraceEvent } from '../../protocol/event.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { TraceOptions } from '../../protocol/options.ts';
import type { TraceLine } from '../../protocol/questions.ts';
import type { EndReason, Summary } from '../../protocol/summary.ts';
import { EventFilter } from '../../query/recorded/event_filter.ts';
import { shownEvent } from '../../query/recorded/shown_event.ts';
import { EventTally } from '../../query/who/kept_events.ts';
import { keptNotices } from '../../query/who/kept_notices.ts';
import { eventOf } from './event_of.ts';
import { Pace } from './pace.ts';
import type { Recording } from './recording.ts';
import { notRecorded, RunFacts } from './run_facts.ts';

/** Events to a batch. */
const BATCH = 1024;

/** What a run over recorded events may want besides. */
export interface TraceReplay {
  readonly speed?: number;
  /** Asked of each event that passed the filters. */
  readonly accepts?: (event: TraceEvent) => boolean;
}

/** `trace` out of a recording. */
export async function* replayTrace(
  recording: Recording,
  options: TraceOptions,
  signal: AbortSignal,
  { speed, accepts }: TraceReplay = {},
): AsyncGenerator<readonly TraceLine[], void> {
  const run = new EventRun(options, accepts);
  const pace = new Pace(speed, signal);
  const sampled = recording.about?.recorded.sample ?? 1;
  let batch: TraceLine[] = notRecorded(recording, options.filters);
  let ended: EndReason | undefined;
  for await (const part of recording.read(['run', 'events'])) {
    if (part.type === 'notice') batch.push(part);
    else if (part.kind === 'summary') run.facts.takeSummary(part.lines);
    else if (part.kind === 'run') batch.push(...run.facts.runLines(part.lines));
    else
      for (const line of part.lines) {
        const event = eventOf(recording.path, line);
        const shown = run.take(event);
        ended = run.ended;
        if (ended !== undefined && shown === undefined) break;
        if (shown === undefined) continue;
        const moment = Date.parse(event.time);
        if (batch.length >= BATCH || (batch.length > 0 && pace.isAhead(moment))) {
          yield batch;
          batch = [];
        }
        await pace.until(moment);
        if (pace.ended) ended = 'ctrl-c';
        else batch.push(shown);
        if (ended !== undefined) break;
      }
    if (signal.aborted) ended = 'ctrl-c';
    if (ended !== undefined) break;
    if (batch.length > 0) yield batch;
    batch = [];
  }
  yield [...batch, ...run.doubts, run.summary(ended, sampled)];
}

class EventRun {
  readonly facts: RunFacts;
  readonly #options: TraceOptions;
  readonly #filter: EventFilter;
  readonly #accepts: TraceReplay['accepts'];
  readonly #tally = new EventTally();
  readonly #unreadable = { key: 0, len: 0 };
  #first: number | undefined;
  #last = 0;
  #ended: EndReason | undefined;

  constructor(options: TraceOptions, accepts: TraceReplay['accepts']) {
    this.#options = options;
    this.#accepts = accepts;
    this.#filter = new EventFilter(options.filters);
    this.facts = new RunFacts(options.selection);
  }

  get ended(): EndReason | undefined {
    return this.#ended;
  }

  get doubts(): readonly Notice[] {
    return keptNotices(this.#filter);
  }

  /** The event as it is to be shown; undefined for one that is not. */
  take(event: TraceEvent): TraceEvent | undefined {
    const { durationMs, count, frames } = this.#options;
    const moment = Date.parse(event.time);
    this.#first ??= moment;
    if (durationMs !== undefined && moment - this.#first >= durationMs) this.#ended = 'duration';
    if (this.#ended !== undefined) return undefined;
    this.#last = Math.max(this.#last, moment);
    if (!this.facts.isWanted(event.pid) || !this.#filter.accepts(event)) return undefined;
    if (this.#accepts?.(event) === false) return undefined;
    this.#tally.add(event);
    if (event.key?.unreadable === true) this.#unreadable.key++;
    if (event.len === undefined && event.op !== 'iterate') this.#unreadable.len++;
    if (this.#tally.events === count) this.#ended = 'count';
    return shownEvent(event, { frames, showPid: this.facts.showPid });
  }

  /** That of the run itself where all of it is shown; else of what was. */
  summary(ended: EndReason | undefined, sampled: number): Summary {
    const { summary } = this.facts;
    const isAll = ended === undefined && this.#filter.open && this.#accepts === undefined;
    if (isAll && summary !== undefined && this.#tally.events === summary.events) return summary;
    const loss = summary?.loss;
    return {
      type: 'summary',
      ended: ended ?? 'done',
      duration_ms: this.#first === undefined ? 0 : this.#last - this.#first,
      events: this.#tally.events,
      lost: summary?.lost ?? 0,
      // How many of those that were left out would have passed the filters, nobody knows.
      sampled: sampled === 1 ? 0 : (summary?.sampled ?? 0),
      loss: {
        ring_full: loss?.ring_full ?? 0,
        output_slow: loss?.output_slow ?? 0,
        key_unreadable: this.#unreadable.key,
        stack_unreadable: 0,
        len_unreadable: this.#unreadable.len,
      },
      by_op: this.#tally.byOp(),
    };
  }
}
