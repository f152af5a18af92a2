import type { FeedItem, SampledEvents } from '../../model/feed.ts';
import type { FindingSubject } from '../../model/finding.ts';
import type { ProcessRef, Window } from '../../model/window.ts';
import type { Alerts } from '../alerts.ts';
import type { Baseline } from '../baseline.ts';
import type { CountedTime } from '../counted_time.ts';
import type { RateRule } from '../definition.ts';
import { keyPrefixes } from '../key_prefixes.ts';
import { Matcher } from '../matcher.ts';
import { EventClock, siteOf } from '../names.ts';
import { neededOps } from '../needed_ops.ts';
import type { RuleRun } from '../run.ts';
import { fallen, type Measured, risen } from './rate_condition.ts';
import { rateReport } from './rate_report.ts';
import { RateState } from './rate_state.ts';
import { type Counted, SubjectTable } from './subject_table.ts';

/** Baselines of processes that have ended, for those that take their place. */
const MOST_PAST = 1000;

/** `rate` and `ratio` */
export class RateRun implements RuleRun {
  readonly alerts: Alerts;
  readonly #rule: RateRule;
  readonly #matcher: Matcher;
  readonly #clock = new EventClock();
  readonly #subjects: SubjectTable<RateState>;
  readonly #past = new Map<string, Baseline>();
  readonly #counted: CountedTime;

  constructor(rule: RateRule, alerts: Alerts, counted: CountedTime) {
    this.alerts = alerts;
    this.#counted = counted;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
    this.#subjects = new SubjectTable(rule.per, (subject) => this.#fresh(subject));
  }

  get beyond(): number {
    return this.#subjects.beyond;
  }

  take(item: FeedItem): void {
    if (item.type === 'window') this.#window(item.window);
    else if (item.type === 'events') this.#events(item);
    else if (item.type === 'left') this.#left(item.process);
  }

  judge(now: number): void {
    const { windowMs, baseline } = this.#rule;
    for (const { subject, state } of this.#subjects.all) {
      const measured = this.#measure(state, now);
      if (measured === undefined) {
        this.alerts.unknown(now, subject);
        continue;
      }
      const verdict =
        baseline !== undefined && baseline.times < 1
          ? fallen(this.#rule, measured)
          : risen(this.#rule, measured);
      // What is wrong is no measure of what is right.
      if (!verdict.met && !this.alerts.isFiring(subject)) state.baseline?.learn(now, measured.rate);
      // Events that are late or lost say nothing: what was met before goes on, but for a gap that is too long.
      if (verdict.unknown === true && !this.alerts.isFiring(subject)) continue;
      this.alerts.judge(now, {
        subject,
        met: verdict.met,
        holds: verdict.holds,
        report: () => rateReport(this.#rule, measured, state, now),
      });
    }
    this.#subjects.forget(now - 2 * windowMs - (baseline?.spanMs ?? 0), (subject) =>
      this.alerts.isFiring(subject),
    );
  }

  #window({ start, lengthMs, counts }: Window): void {
    const { ops, outweighs, per } = this.#rule;
    for (const count of counts) {
      const counted = ops.includes(count.op);
      const against = outweighs?.op === count.op;
      if (!counted && !against) continue;
      if (!this.#matcher.process(count.process) || !this.#matcher.type(count.mapType)) continue;
      if (per === 'prefix') continue;
      if (counted && this.#matcher.site(count.site)) {
        const state = this.#subjects.of(count, start);
        state?.counts.add(start, lengthMs, count.count);
        // A longer window's last second: what looks back from its end finds it.
        state?.from(start + lengthMs - 1000, count.site, count.mapType, count.count);
      }
      if (against) this.#subjects.of(count, start)?.against?.add(start, lengthMs, count.count);
    }
  }

  #events({ process, sampledEvery, events }: SampledEvents): void {
    const { ops, share, per } = this.#rule;
    if (share === undefined && per !== 'prefix') return;
    if (!this.#matcher.process(process)) return;
    for (const event of events) {
      if (!ops.includes(event.op) || event.key?.text === undefined) continue;
      if (!this.#matcher.type(event.map.type)) continue;
      const site = siteOf(event.caller);
      if (!this.#matcher.site(site)) continue;
      const counted: Counted = { process, mapType: event.map.type, mapAddress: event.map.address, site };
      const at = this.#clock.at(event.time);
      const prefixes = keyPrefixes(event.key.text);
      if (per !== 'prefix') this.#subjects.of(counted, at)?.key(at, prefixes, sampledEvery);
      else
        for (const prefix of prefixes) {
          const state = this.#subjects.of(counted, at, prefix);
          state?.counts.add(at, 1000, sampledEvery);
          state?.from(at, site, event.map.type, sampledEvery);
          if (state !== undefined) state.sampledEvery = sampledEvery;
        }
    }
  }

  /** Undefined where most of the window was not counted. Rates are over the part that was. */
  #measure(state: RateState, now: number): Measured | undefined {
    const { windowMs, share, above, ops, outweighs } = this.#rule;
    const { process } = state.subject;
    if (2 * this.#counted.within(process, neededOps(this.#rule), now, windowMs) < windowMs) return undefined;
    const countedMs = this.#counted.within(process, ops, now, windowMs);
    const rate = (state.counts.within(now, windowMs) * 1000) / countedMs;
    const against =
      state.against === undefined || outweighs === undefined
        ? undefined
        : (state.against.within(now, windowMs) * 1000) /
          this.#counted.within(process, [outweighs.op], now, windowMs);
    const base = state.baseline?.rate;
    // Summing up what keys begin with is worth it only where all else is met.
    const prefix =
      share === undefined || rate <= above ? undefined : dominant(state, now, windowMs, share.atLeast);
    return {
      rate,
      countedMs,
      ...(against === undefined ? {} : { against }),
      ...(base === undefined ? {} : { base, historyMs: state.baseline?.historyMs ?? 0 }),
      ...(prefix === undefined ? {} : { prefix }),
    };
  }

  #fresh(subject: FindingSubject): RateState {
    const state = new RateState(this.#rule, subject);
    const name = pastName(subject);
    const past = this.#past.get(name);
    if (past !== undefined && state.baseline !== undefined) {
      state.baseline = past;
      this.#past.delete(name);
    }
    return state;
  }

  #left(process: ProcessRef): void {
    for (const { subject, state } of this.#subjects.take(process))
      if (state.baseline !== undefined && this.#past.size < MOST_PAST)
        this.#past.set(pastName(subject), state.baseline);
  }
}

/** The longest beginning that so large a share of the keys has, else the most frequent. */
function dominant(state: RateState, now: number, windowMs: number, atLeast: number): Measured['prefix'] {
  const tally = state.prefixes(now, windowMs);
  const named = [...tally.all];
  const enough = named.filter(({ count }) => count >= atLeast * tally.total);
  const best =
    enough.length > 0
      ? enough.reduce((a, b) => (b.name.length > a.name.length ? b : a))
      : named.reduce<(typeof named)[number] | undefined>(
          (a, b) => (a === undefined || b.count > a.count ? b : a),
          undefined,
        );
  return best === undefined
    ? undefined
    : { prefix: best.name, share: best.count / tally.total, events: tally.total };
}

/** Of a program, whatever its pid. */
function pastName({ process, ...rest }: FindingSubject): string {
  return JSON.stringify([process.name, rest]);
}
