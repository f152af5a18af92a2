import type { Cost, FeedItem } from '../../model/feed.ts';
import type { ProcessRef, Window } from '../../model/window.ts';
import { counted, spoken } from '../../protocol/text/numbers.ts';
import { percent } from '../../protocol/text/words.ts';
import type { Alerts } from '../alerts.ts';
import type { LossRule } from '../definition.ts';
import { Matcher } from '../matcher.ts';
import { processKey } from '../names.ts';
import type { RuleRun } from '../run.ts';
import { SecondSums } from '../second_ring.ts';
import { SubjectTable } from './subject_table.ts';

interface State {
  /** Events that came, and those that should have. */
  readonly events: SecondSums;
  readonly lost: SecondSums;
}

/** `loss`: from what mapaudit says of itself; of a recording, from its windows. */
export class LossRun implements RuleRun {
  readonly alerts: Alerts;
  readonly #rule: LossRule;
  readonly #matcher: Matcher;
  readonly #subjects: SubjectTable<State>;
  /** The last totals of each process that says what it lost. */
  readonly #last = new Map<string, { readonly events: number; readonly lost: number }>();

  constructor(rule: LossRule, alerts: Alerts) {
    this.alerts = alerts;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
    const seconds = rule.windowMs / 1000;
    this.#subjects = new SubjectTable('process', () => ({
      events: new SecondSums(seconds),
      lost: new SecondSums(seconds),
    }));
  }

  get beyond(): number {
    return this.#subjects.beyond;
  }

  take(item: FeedItem): void {
    if (item.type === 'cost') this.#cost(item);
    else if (item.type === 'window') this.#window(item.window);
    else if (item.type === 'left') {
      this.#last.delete(processKey(item.process));
      this.#subjects.take(item.process);
    }
  }

  judge(now: number): void {
    const { windowMs, above } = this.#rule;
    for (const { subject, state } of this.#subjects.all) {
      const lost = state.lost.within(now, windowMs);
      const all = lost + state.events.within(now, windowMs);
      const share = all === 0 ? 0 : lost / all;
      this.alerts.judge(now, {
        subject,
        met: share > above,
        holds: share > above / 2,
        report: () => ({
          title: `${percent(share)} of the events of ${subject.process.name} (pid ${subject.process.pid}) are lost`,
          evidence: [
            {
              text: `${counted(Math.round(lost), 'event')} of ${Math.round(all).toLocaleString('en-US')} were lost within ${spoken(windowMs)}. Counters are exact; keys, stacks and outcomes of those are not known.`,
              from: now - windowMs,
              to: now,
            },
          ],
        }),
      });
    }
    this.#subjects.forget(now - 2 * windowMs);
  }

  #cost({ process, at, events, lost }: Cost): void {
    if (!this.#matcher.process(process)) return;
    const key = processKey(process);
    const now = { events, lost: lost.ringFull + lost.outputSlow };
    const last = this.#last.get(key) ?? { events: 0, lost: 0 };
    this.#last.set(key, now);
    // It is of the second that is over.
    this.#add(process, at - 1000, Math.max(0, now.events - last.events), Math.max(0, now.lost - last.lost));
  }

  /** A window's loss is that of all its processes: it can be told of one alone, where there is only one. */
  #window({ start, lengthMs, counts, loss }: Window): void {
    const [first] = counts;
    if (first === undefined || !this.#matcher.process(first.process)) return;
    const key = processKey(first.process);
    if (this.#last.has(key) || counts.some(({ process }) => processKey(process) !== key)) return;
    const all = counts.reduce((sum, { count }) => sum + count, 0);
    this.#add(first.process, start, Math.max(0, all - loss.ringFull - loss.sampled), loss.ringFull, lengthMs);
  }

  #add(process: ProcessRef, start: number, events: number, lost: number, lengthMs = 1000): void {
    const state = this.#subjects.of({ process }, start);
    state?.events.add(start, lengthMs, events);
    state?.lost.add(start, lengthMs, lost);
  }
}
