import { assertUnreachable } from '../base/assert.ts';
import type { FeedItem, FeedSink, FindingTold } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import { Alerts } from './alerts.ts';
import { CountedTime } from './counted_time.ts';
import type { Rule } from './definition.ts';
import { FoundRatioRun } from './kinds/found_ratio.ts';
import { LossRun } from './kinds/loss.ts';
import { NewSiteRun } from './kinds/new_site.ts';
import { RaceRun } from './kinds/race.ts';
import { RateRun } from './kinds/rate.ts';
import { SequenceRun } from './kinds/sequence.ts';
import { SizeRun } from './kinds/size.ts';
import { EventClock } from './names.ts';
import type { RuleRun } from './run.ts';
import { TimeLine } from './time_line.ts';

/** How a rule is doing. */
export interface RuleState {
  readonly rule: Rule;
  readonly firing: number;
  /** What could not be followed, since there were more subjects than a rule may have. */
  readonly beyond: number;
}

/** Rules at work on a feed. */
export interface RulesSink extends FeedSink {
  take(items: readonly FeedItem[]): void;
  states(): readonly RuleState[];
}

/** Judges a feed. Time is that of the feed, also where the clock was set. `onFinding` is called within `take`. */
export function rulesSink(rules: readonly Rule[], onFinding: (told: FindingTold) => void): RulesSink {
  return new Engine(rules, onFinding);
}

/** How often what is over is looked for, where no window says that time goes on. */
const SWEEP_MS = 1000;

class Engine implements RulesSink {
  readonly #runs: readonly { readonly rule: Rule; readonly run: RuleRun }[];
  readonly #clock = new EventClock();
  readonly #line = new TimeLine();
  readonly #counted: CountedTime;
  #now = 0;
  #sweptAt = 0;

  constructor(rules: readonly Rule[], onFinding: (told: FindingTold) => void) {
    const tell = (finding: Finding): void => onFinding(this.#line.told(Math.round(this.#now), finding));
    this.#counted = new CountedTime(
      Math.max(SWEEP_MS, ...rules.map((rule) => ('windowMs' in rule ? rule.windowMs : 0))),
    );
    this.#runs = rules.map((rule) => ({ rule, run: runOf(rule, new Alerts(rule, tell), this.#counted) }));
  }

  take(items: readonly FeedItem[]): void {
    for (const item of items) {
      // What a rule has found is no reason for another to fire.
      if (item.type === 'finding') continue;
      this.#take(this.#line.of(item));
      if (item.type === 'window' && item.window.clockSetMs !== undefined)
        this.#line.set(item.window.clockSetMs);
    }
  }

  states(): readonly RuleState[] {
    return this.#runs.map(({ rule, run }) => ({
      rule,
      firing: run.alerts.firing,
      beyond: run.beyond + run.alerts.beyond,
    }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #take(item: Exclude<FeedItem, FindingTold>): void {
    this.#now = Math.max(this.#now, this.#timeOf(item) ?? this.#now);
    this.#counted.take(item);
    for (const { run } of this.#runs) run.take(item);
    if (item.type === 'left') for (const { run } of this.#runs) run.alerts.left(item.process, item.at);
    if (item.type === 'window') {
      const end = item.window.start + item.window.lengthMs;
      for (const { run } of this.#runs) run.judge(end);
    }
    if (this.#now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = this.#now;
    for (const { run } of this.#runs) run.alerts.sweep(this.#now);
  }

  #timeOf(item: Exclude<FeedItem, { type: 'finding' }>): number | undefined {
    if (item.type === 'window') return item.window.start + item.window.lengthMs;
    if (item.type !== 'events') return item.at;
    const last = item.events.at(-1);
    return last === undefined ? undefined : this.#clock.at(last.time);
  }
}

function runOf(rule: Rule, alerts: Alerts, counted: CountedTime): RuleRun {
  switch (rule.kind) {
    case 'rate':
    case 'ratio':
      return new RateRun(rule, alerts, counted);
    case 'lifecycle':
      return rule.sequence === 'never-shrinks' || rule.sequence === 'grows-past'
        ? new SizeRun(rule, alerts, counted)
        : new SequenceRun(rule, alerts);
    case 'new_site':
      return new NewSiteRun(rule, alerts);
    case 'found_ratio':
      return new FoundRatioRun(rule, alerts, counted);
    case 'race':
      return new RaceRun(rule, alerts);
    case 'loss':
      return new LossRun(rule, alerts);
    default:
      return assertUnreachable(rule);
  }
}
