import type { FeedItem } from '../../model/feed.ts';
import type { ProcessRef, Window, WindowCount } from '../../model/window.ts';
import { counted, spoken } from '../../protocol/text/numbers.ts';
import { OP_WORDS } from '../../protocol/text/words.ts';
import type { Alerts } from '../alerts.ts';
import { leavesOut } from '../counted_time.ts';
import type { NewSiteRule } from '../definition.ts';
import { Matcher } from '../matcher.ts';
import { processKey, siteKey } from '../names.ts';
import type { RuleRun } from '../run.ts';
import { siteWords, typeWords } from '../words.ts';

/** Places that are remembered of one process, and processes. What comes beyond is counted, and never called new. */
const MOST_SITES = 20_000;
const MOST_PROCESSES = 200;

interface Known {
  readonly since: number;
  /** Milliseconds since then in which such operations were not counted. */
  unknownMs: number;
  readonly seen: Set<string>;
}

/** `new_site` */
export class NewSiteRun implements RuleRun {
  readonly alerts: Alerts;
  readonly #rule: NewSiteRule;
  readonly #matcher: Matcher;
  readonly #processes = new Map<string, Known>();
  #beyond = 0;

  constructor(rule: NewSiteRule, alerts: Alerts) {
    this.alerts = alerts;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
  }

  get beyond(): number {
    return this.#beyond;
  }

  take(item: FeedItem): void {
    if (item.type === 'joined') this.#known(item.process, item.at);
    else if (item.type === 'left') this.#processes.delete(processKey(item.process));
    else if (item.type === 'window') this.#window(item.window);
  }

  /** Nothing: places are seen when their window comes. */
  judge(): void {
    return;
  }

  #window(window: Window): void {
    for (const count of window.counts) this.#count(count, window);
    for (const uncounted of window.uncounted ?? []) {
      const known = this.#processes.get(processKey(uncounted.process));
      if (known !== undefined && leavesOut(uncounted, this.#rule.ops)) known.unknownMs += uncounted.ms;
    }
  }

  #count(count: WindowCount, { start, lengthMs }: Window): void {
    const { process, site, op, mapType } = count;
    if (site === undefined || count.count === 0 || !this.#rule.ops.includes(op)) return;
    if (!this.#matcher.process(process) || !this.#matcher.type(mapType) || !this.#matcher.site(site)) return;
    const known = this.#known(process, start);
    const key = `${op}\0${mapType ?? ''}\0${siteKey(site)}`;
    if (known === undefined || known.seen.has(key)) return;
    if (known.seen.size >= MOST_SITES) {
      this.#beyond++;
      return;
    }
    known.seen.add(key);
    const watched = start - known.since;
    if (watched - known.unknownMs < this.#rule.learnMs) return;
    const unknown =
      known.unknownMs === 0
        ? ''
        : `, as far as it was counted: for ${spoken(known.unknownMs)} of that it was not`;
    const subject = { process, ...(mapType === undefined ? {} : { mapType }), site };
    this.alerts.sighted(
      start + lengthMs,
      subject,
      () => ({
        title: `${siteWords(site)} does ${OP_WORDS[op]} on ${typeWords(mapType)}`,
        evidence: [
          {
            text: `${counted(count.count, op, OP_WORDS[op])} within ${spoken(lengthMs)}; in the ${spoken(watched)} before, this place did none${unknown}.`,
            from: start,
            to: start + lengthMs,
          },
        ],
      }),
      op,
    );
  }

  #known(process: ProcessRef, since: number): Known | undefined {
    const key = processKey(process);
    let known = this.#processes.get(key);
    if (known === undefined) {
      if (this.#processes.size >= MOST_PROCESSES) {
        this.#beyond++;
        return undefined;
      }
      this.#processes.set(key, (known = { since, unknownMs: 0, seen: new Set() }));
    }
    return known;
  }
}
