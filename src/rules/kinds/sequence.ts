import type { FeedItem, SampledEvents, ServedEvent } from '../../model/feed.ts';
import type { ProcessRef, SiteRef } from '../../model/window.ts';
import { shortly } from '../../protocol/text/numbers.ts';
import type { Alerts } from '../alerts.ts';
import type { LifecycleRule } from '../definition.ts';
import { Matcher } from '../matcher.ts';
import { EventClock, processKey, siteOf } from '../names.ts';
import { MOST_SUBJECTS, type RuleRun } from '../run.ts';
import { anOp, sampledWords, siteWords, typeWords } from '../words.ts';

/** A first step that a second must not follow. */
interface Step {
  readonly at: number;
  readonly goroutine: number | undefined;
  readonly site: SiteRef | undefined;
}

/** Loops over one map that are remembered. */
const MOST_LOOPS = 8;

/** `lifecycle`, where one operation must not follow on another: from events, one by one. */
export class SequenceRun implements RuleRun {
  readonly alerts: Alerts;
  readonly #rule: LifecycleRule;
  readonly #matcher: Matcher;
  readonly #clock = new EventClock();
  /** By map; in the order of their last step. */
  readonly #steps = new Map<string, Step[]>();
  #beyond = 0;

  constructor(rule: LifecycleRule, alerts: Alerts) {
    this.alerts = alerts;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
  }

  get beyond(): number {
    return this.#beyond;
  }

  take(item: FeedItem): void {
    if (item.type !== 'events' || !this.#matcher.process(item.process)) return;
    for (const event of item.events)
      if (event.map.address !== undefined && this.#matcher.type(event.map.type)) this.#event(event, item);
  }

  /** Nothing: a step is told when it is seen. */
  judge(): void {
    return;
  }

  #event(event: ServedEvent, { process, sampledEvery }: SampledEvents): void {
    const isRange = this.#rule.sequence === 'delete-while-ranged';
    const key = `${processKey(process)}\0${event.map.address ?? ''}\0${event.map.type ?? ''}`;
    const step: Step = {
      at: this.#clock.at(event.time),
      goroutine: event.goroutine?.id,
      site: siteOf(event.caller),
    };
    if (event.op === (isRange ? 'iterate' : 'clear')) this.#remember(key, step, isRange ? MOST_LOOPS : 1);
    else if (event.op === 'delete' || event.op === (isRange ? 'clear' : 'assign')) {
      const first = this.#firstOf(key, step, isRange);
      if (first !== undefined) this.#sighted(event, process, step, first, sampledEvery);
    }
  }

  #remember(key: string, step: Step, most: number): void {
    const steps = this.#steps.get(key) ?? [];
    this.#steps.delete(key);
    steps.push(step);
    if (steps.length > most) steps.shift();
    this.#steps.set(key, steps);
    if (this.#steps.size <= MOST_SUBJECTS) return;
    const [oldest] = this.#steps.keys();
    if (oldest !== undefined) this.#steps.delete(oldest);
    this.#beyond++;
  }

  /** The last first step that this one must not follow. */
  #firstOf(key: string, { at, goroutine }: Step, byAnother: boolean): Step | undefined {
    return this.#steps
      .get(key)
      ?.findLast(
        (step) =>
          at >= step.at &&
          at - step.at <= this.#rule.withinMs &&
          (!byAnother ||
            (goroutine !== undefined && step.goroutine !== undefined && step.goroutine !== goroutine)),
      );
  }

  #sighted(event: ServedEvent, process: ProcessRef, step: Step, first: Step, every: number): void {
    const { type: mapType, address = '' } = event.map;
    const { site } = step;
    if (!this.#matcher.site(site)) return;
    // Of all maps that this happens to from this place there is one finding.
    const subject = {
      process,
      ...(mapType === undefined ? {} : { mapType }),
      ...(site === undefined ? {} : { site }),
    };
    const after = shortly(step.at - first.at);
    const span = { from: Math.floor(first.at), to: Math.ceil(step.at) };
    const isRange = this.#rule.sequence === 'delete-while-ranged';
    this.alerts.sighted(step.at, subject, () => ({
      title: isRange
        ? `${event.op} at ${siteWords(site)} on ${typeWords(mapType)} that another goroutine ranges over`
        : `${event.op} at ${siteWords(site)} on ${typeWords(mapType)} after it was cleared`,
      evidence: [
        {
          text: isRange
            ? `Goroutine ${first.goroutine ?? '?'} began to range over the map at ${address} at ${siteWords(first.site)}; ${after} later goroutine ${step.goroutine ?? '?'} did ${anOp(event.op)} on it at ${siteWords(site)}. Whether the loop had ended by then was not seen${sampledWords(every)}.`
            : `The map at ${address} was cleared at ${siteWords(first.site)}, and ${after} later there was ${anOp(event.op)} on it at ${siteWords(site)}${sampledWords(every)}.`,
          ...span,
        },
      ],
    }));
  }
}
