import type { FeedItem } from '../../model/feed.ts';
import type { FindingSubject } from '../../model/finding.ts';
import type { WindowCount } from '../../model/window.ts';
import { rate as rateText, spoken } from '../../protocol/text/numbers.ts';
import { OP_WORDS, percent } from '../../protocol/text/words.ts';
import type { Alerts, Report } from '../alerts.ts';
import type { CountedTime } from '../counted_time.ts';
import type { FoundRatioRule } from '../definition.ts';
import { Matcher } from '../matcher.ts';
import { EventClock, siteOf } from '../names.ts';
import type { RuleRun } from '../run.ts';
import { SecondSums } from '../second_ring.ts';
import { partWords, sampledWords, siteWords, typeWords } from '../words.ts';
import { type Counted, SubjectTable } from './subject_table.ts';

/** What is known of a subject's outcomes: of events one by one, else of windows. */
interface State {
  readonly counts: SecondSums;
  readonly events: { readonly known: SecondSums; readonly what: SecondSums };
  readonly windows: { readonly known: SecondSums; readonly what: SecondSums };
  sampledEvery: number;
}

type Of = 'rate' | 'countedMs' | 'known' | 'share' | 'every';

/** `found_ratio` */
export class FoundRatioRun implements RuleRun {
  readonly alerts: Alerts;
  readonly #rule: FoundRatioRule;
  readonly #matcher: Matcher;
  readonly #clock = new EventClock();
  readonly #subjects: SubjectTable<State>;
  readonly #counted: CountedTime;

  constructor(rule: FoundRatioRule, alerts: Alerts, counted: CountedTime) {
    this.alerts = alerts;
    this.#counted = counted;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
    this.#subjects = new SubjectTable(rule.per, () => fresh(rule.windowMs / 1000));
  }

  get beyond(): number {
    return this.#subjects.beyond;
  }

  take(item: FeedItem): void {
    if (item.type === 'window') {
      const { start, lengthMs } = item.window;
      for (const count of item.window.counts) this.#count(count, start, lengthMs);
    } else if (item.type === 'events')
      for (const event of item.events) {
        if (event.op !== this.#rule.op || event.found === undefined) continue;
        const { type: mapType, address: mapAddress } = event.map;
        const at = this.#clock.at(event.time);
        const state = this.#of(
          { process: item.process, mapType, mapAddress, site: siteOf(event.caller) },
          at,
        );
        if (state === undefined) continue;
        state.sampledEvery = item.sampledEvery;
        state.events.known.add(at, 1000, 1);
        if (event.found === (this.#rule.what === 'found')) state.events.what.add(at, 1000, 1);
      }
    else if (item.type === 'left') this.#subjects.take(item.process);
  }

  judge(now: number): void {
    const { windowMs, above, minRate, minKnown } = this.#rule;
    for (const { subject, state } of this.#subjects.all) {
      const countedMs = this.#counted.within(subject.process, [this.#rule.op], now, windowMs);
      if (2 * countedMs < windowMs) {
        this.alerts.unknown(now, subject);
        continue;
      }
      const rate = (state.counts.within(now, windowMs) * 1000) / countedMs;
      const isEvents = state.events.known.within(now, windowMs) > 0;
      const source = isEvents ? state.events : state.windows;
      const known = source.known.within(now, windowMs);
      const share = known === 0 ? 0 : source.what.within(now, windowMs) / known;
      const isEnough = known >= minKnown && rate >= minRate;
      this.alerts.judge(now, {
        subject,
        met: isEnough && share > above,
        holds: isEnough && share > above * 0.9,
        report: () =>
          this.#report(
            subject,
            { rate, countedMs, known, share, every: isEvents ? state.sampledEvery : 1 },
            now,
          ),
      });
    }
    this.#subjects.forget(now - 2 * windowMs, (subject) => this.alerts.isFiring(subject));
  }

  #count(count: WindowCount, start: number, lengthMs: number): void {
    if (count.op !== this.#rule.op) return;
    const state = this.#of(count, start);
    if (state === undefined) return;
    state.counts.add(start, lengthMs, count.count);
    state.windows.known.add(start, lengthMs, count.found + count.notFound);
    state.windows.what.add(start, lengthMs, this.#rule.what === 'found' ? count.found : count.notFound);
  }

  #of(counted: Counted, at: number): State | undefined {
    const matches =
      this.#matcher.process(counted.process) &&
      this.#matcher.type(counted.mapType) &&
      this.#matcher.site(counted.site);
    return matches ? this.#subjects.of(counted, at) : undefined;
  }

  #report(
    subject: FindingSubject,
    { rate, countedMs, known, share, every }: Readonly<Record<Of, number>>,
    now: number,
  ): Report {
    const { op, what, windowMs } = this.#rule;
    const words = `${OP_WORDS[op]} ${what === 'found' ? 'found' : 'did not find'} their key`;
    const where = subject.site === undefined ? typeWords(subject.mapType) : siteWords(subject.site);
    const on = subject.mapType === undefined && subject.site === undefined ? subject.process.name : where;
    const span = { from: now - windowMs, to: now };
    return {
      title: `${percent(share)} of the ${words}: ${on}`,
      evidence: [
        {
          text: `${percent(share)} of ${Math.round(known).toLocaleString('en-US')} ${words}${sampledWords(every)}.`,
          ...span,
        },
        {
          text: `There were ${rateText(rate)} ${OP_WORDS[op]}/s over the last ${spoken(windowMs)}${partWords(countedMs, windowMs)}.`,
          ...span,
        },
      ],
    };
  }
}

const fresh = (seconds: number): State => ({
  counts: new SecondSums(seconds),
  events: { known: new SecondSums(seconds), what: new SecondSums(seconds) },
  windows: { known: new SecondSums(seconds), what: new SecondSums(seconds) },
  sampledEvery: 1,
});
