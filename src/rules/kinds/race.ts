import type { FeedItem, RaceSeen, RaceSideSeen } from '../../model/feed.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import type { Alerts, Report } from '../alerts.ts';
import type { RaceRule } from '../definition.ts';
import { Matcher } from '../matcher.ts';
import { siteKey } from '../names.ts';
import type { RuleRun } from '../run.ts';
import { siteWords, typeWords } from '../words.ts';

/** That are named. */
const MOST_LOCKS = 3;

/** `race` */
export class RaceRun implements RuleRun {
  readonly alerts: Alerts;
  readonly beyond = 0;
  readonly #rule: RaceRule;
  readonly #matcher: Matcher;

  constructor(rule: RaceRule, alerts: Alerts) {
    this.alerts = alerts;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
  }

  take(item: FeedItem): void {
    if (item.type !== 'race' || !this.#rule.races.includes(item.kind)) return;
    const { process, mapType, sides } = item;
    const matches =
      this.#matcher.process(process) &&
      this.#matcher.type(mapType) &&
      sides.some(({ site }) => this.#matcher.site(site));
    if (!matches) return;
    // The two places are the finding, whichever of them was the first to come.
    const [first, second] = [...sides].sort((a, b) => (sideKey(a) < sideKey(b) ? -1 : 1));
    const site = first?.site;
    this.alerts.sighted(
      item.at,
      { process, ...(mapType === undefined ? {} : { mapType }), ...(site === undefined ? {} : { site }) },
      () => reportOf(item),
      second === undefined ? '' : sideKey(second),
    );
  }

  /** Nothing: a race is told when it is seen. */
  judge(): void {
    return;
  }
}

const sideKey = ({ op, site }: RaceSideSeen): string => `${op}\0${siteKey(site)}`;

function reportOf({ at, kind, mapType, mapAddress, key, sides, count }: RaceSeen): Report {
  const [a, b] = sides;
  const times = count === 1 ? 'once' : `${count.toLocaleString('en-US')} times`;
  const where = mapAddress === undefined ? '' : ` at ${mapAddress}`;
  const onKey = key === undefined ? '' : `, both with the key ${printable(key)}`;
  return {
    title: `${a.op} at ${siteWords(a.site)} and ${b.op} at ${siteWords(b.site)} at the same time on ${typeWords(mapType)}`,
    evidence: [
      {
        text: `Seen ${times} (${kind}): two goroutines stood at the beginning of ${a.op} and ${b.op} on one map${where} at one moment${onKey}.`,
        from: at,
        to: at,
      },
      ...sides.map((side) => ({ text: `${sideText(side)}.`, from: at, to: at })),
    ],
  };
}

function sideText({ op, goroutine, site, stack, locks }: RaceSideSeen): string {
  const who = goroutine === undefined ? 'A goroutine' : `Goroutine ${goroutine}`;
  const callers = stack.filter((frame) => siteKey(frame) !== siteKey(site)).slice(0, 3);
  const called = callers.length === 0 ? '' : `, called from ${callers.map(siteWords).join(', ')}`;
  return `${who}: ${op} at ${siteWords(site)}${called}${locksText(locks)}`;
}

function locksText(locks: RaceSideSeen['locks']): string {
  if (locks === undefined) return '';
  if (locks.length === 0) return '; no call that takes a sync.Mutex or RWMutex in the functions of its stack';
  const more = locks.length - MOST_LOCKS;
  const rest = more > 0 ? ` and in ${counted(more, 'more place')}` : '';
  return `; takes a mutex at ${locks.slice(0, MOST_LOCKS).map(siteWords).join(', ')}${rest}`;
}
