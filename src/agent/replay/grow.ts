import type { GrowthEvent, Migration } from '../../protocol/growth.ts';
import { NO_LOSS } from '../../protocol/loss.ts';
import type { GrowOptions } from '../../protocol/options.ts';
import type { GrowLine } from '../../protocol/questions.ts';
import type { EndReason, Summary } from '../../protocol/summary.ts';
import { GrowthRates, isGrowth } from '../../query/growth/rates.ts';
import { EventFilter } from '../../query/recorded/event_filter.ts';
import { shownEvent } from '../../query/recorded/shown_event.ts';
import { growthOf } from './growth_of.ts';
import { notInRecording } from './not_in_recording.ts';
import { Pace } from './pace.ts';
import type { Recording } from './recording.ts';
import { RunFacts } from './run_facts.ts';

/** `grow` out of a recording. Error: `not-in-recording`. */
export async function* replayGrow(
  recording: Recording,
  options: GrowOptions,
  signal: AbortSignal,
  speed: number | undefined,
): AsyncGenerator<readonly GrowLine[], void> {
  if (recording.about?.recorded.growth === false) throw notInRecording(recording.path, 'growth');
  const run = new GrowReplay(options);
  const pace = new Pace(speed, signal);
  let ended: EndReason | undefined;
  for await (const part of recording.read(['run', 'growth'])) {
    if (part.type === 'notice') yield [part];
    else if (part.kind === 'summary') run.facts.takeSummary(part.lines);
    else if (part.kind === 'run') yield run.facts.runLines(part.lines);
    else
      for (const line of part.lines) {
        const growth = growthOf(line);
        const shown = growth === undefined ? undefined : run.take(growth);
        ended = run.ended;
        if (shown === undefined) continue;
        await pace.until(Date.parse(shown.time));
        if (pace.ended) ended = 'ctrl-c';
        else yield [shown];
        if (ended !== undefined) break;
      }
    if (ended !== undefined) break;
  }
  yield run.finish(ended ?? (signal.aborted ? 'ctrl-c' : 'done'));
}

class GrowReplay {
  readonly facts: RunFacts;
  ended: EndReason | undefined;
  readonly #options: GrowOptions;
  readonly #filter: EventFilter;
  readonly #rates = new GrowthRates();
  readonly #ops = { grow: 0, clear: 0 };
  #events = 0;
  #first: number | undefined;
  #last = 0;

  constructor(options: GrowOptions) {
    this.#options = options;
    this.#filter = new EventFilter(options.filters);
    this.facts = new RunFacts(options.selection);
  }

  take(growth: GrowthEvent | Migration): GrowthEvent | Migration | undefined {
    const { count, durationMs, frames } = this.#options;
    const moment = Date.parse(growth.time);
    this.#first ??= moment;
    this.#last = moment;
    if (durationMs !== undefined && moment - this.#first >= durationMs) this.ended = 'duration';
    if (this.ended !== undefined) return undefined;
    if (!this.facts.isWanted(growth.pid) || !this.#filter.acceptsMap(growth)) return undefined;
    const shown = shownEvent(growth, { frames, showPid: this.facts.showPid });
    if (shown.type === 'migration') return shown;
    this.#rates.add(shown);
    this.#events++;
    if (shown.op === 'clear') this.#ops.clear++;
    if (isGrowth(shown.op)) this.#ops.grow++;
    if (this.#events === count) this.ended = 'count';
    return shown;
  }

  finish(ended: EndReason): readonly GrowLine[] {
    const recorded = this.facts.summary?.duration_ms;
    const elapsed = ended === 'done' ? recorded : undefined;
    const duration = elapsed ?? this.#last - (this.#first ?? this.#last);
    const { grow, clear } = this.#ops;
    const summary: Summary = {
      type: 'summary',
      ended,
      duration_ms: duration,
      events: this.#events,
      lost: 0,
      sampled: 0,
      loss: NO_LOSS,
      by_op: {
        ...(grow > 0 ? { grow: { events: grow } } : {}),
        ...(clear > 0 ? { clear: { events: clear } } : {}),
      },
    };
    return [this.#rates.line(duration), summary];
  }
}
