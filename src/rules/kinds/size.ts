import type { FeedItem, MapState } from '../../model/feed.ts';
import type { FindingSubject } from '../../model/finding.ts';
import type { ProcessRef, Window } from '../../model/window.ts';
import { counted, grouped, rate as rateText, spoken } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import type { Alerts, Judged, Report } from '../alerts.ts';
import type { CountedTime } from '../counted_time.ts';
import type { LifecycleRule } from '../definition.ts';
import { Matcher } from '../matcher.ts';
import { EventClock, processKey } from '../names.ts';
import { neededOps } from '../needed_ops.ts';
import { MOST_SUBJECTS, type RuleRun } from '../run.ts';
import { siteWords, typeWords } from '../words.ts';
import { type Growing, SizeTrack } from './size_track.ts';

interface Tracked {
  readonly subject: FindingSubject;
  readonly track: SizeTrack;
  name: string | undefined;
  usedAt: number;
}

const SECOND_MS = 1000;

/** `lifecycle`, where a map becomes larger than it should: from every moment at which its size was seen. */
export class SizeRun implements RuleRun {
  readonly alerts: Alerts;
  readonly #rule: LifecycleRule;
  readonly #matcher: Matcher;
  readonly #clock = new EventClock();
  readonly #maps = new Map<string, Tracked>();
  /** When each process was met, where it does not say when it began. */
  readonly #met = new Map<string, number>();
  readonly #counted: CountedTime;
  #beyond = 0;

  constructor(rule: LifecycleRule, alerts: Alerts, counted: CountedTime) {
    this.alerts = alerts;
    this.#counted = counted;
    this.#rule = rule;
    this.#matcher = new Matcher(rule.where);
  }

  get beyond(): number {
    return this.#beyond;
  }

  take(item: FeedItem): void {
    switch (item.type) {
      case 'maps':
        for (const map of item.maps) this.#seen(item.process, map, item.at, map.entries);
        break;
      case 'growth':
        if (item.op === 'clear') this.#tracked(item.process, item, item.at)?.track.cleared();
        else if (item.len !== undefined) this.#seen(item.process, item, item.at, item.len);
        break;
      case 'events':
        for (const { time, map, len, op, found } of item.events) {
          if (len === undefined || map.address === undefined) continue;
          const more = op === 'assign' && found === false ? 1 : 0;
          const at = this.#clock.at(time);
          this.#seen(item.process, { mapType: map.type, mapAddress: map.address }, at, len + more);
        }
        break;
      case 'window':
        if (this.#rule.sequence === 'never-shrinks') this.#window(item.window);
        break;
      case 'left':
        for (const [key, { subject }] of this.#maps)
          if (processKey(subject.process) === processKey(item.process)) this.#maps.delete(key);
        this.#met.delete(processKey(item.process));
        break;
      case 'joined':
      case 'race':
      case 'cost':
      case 'finding':
        break;
    }
  }

  judge(now: number): void {
    for (const [key, tracked] of this.#maps) {
      if (now - tracked.usedAt > Math.max(FORGOTTEN_MS, this.#rule.spanMs)) this.#maps.delete(key);
      else if (this.#rule.sequence === 'grows-past') this.alerts.judge(now, this.#past(tracked));
      else if (this.#isCounted(tracked.subject, now)) this.alerts.judge(now, this.#only(tracked, now));
      else this.alerts.unknown(now, tracked.subject);
    }
  }

  /** Whether it is known what else was done to it: what it grows by is weighed against what is deleted. */
  #isCounted({ process }: FindingSubject, now: number): boolean {
    return 2 * this.#counted.within(process, neededOps(this.#rule), now, SECOND_MS) >= SECOND_MS;
  }

  #past({ subject, track, name }: Tracked): Judged {
    const { entries } = this.#rule;
    const last = track.last ?? { at: 0, entries: 0 };
    const map = labelOf(subject, name);
    return {
      subject,
      met: last.entries > entries,
      holds: last.entries > entries * 0.9,
      report: () => ({
        title: `${map} has ${grouped(last.entries)} entries`,
        evidence: [
          {
            text: `${map} had ${grouped(last.entries)} entries, more than ${grouped(entries)}.`,
            from: last.at,
            to: last.at,
          },
        ],
      }),
    };
  }

  #only({ subject, track, name }: Tracked, now: number): Judged {
    const { entries, deletesAtMost } = this.#rule;
    const growing = track.growing(now);
    const met =
      growing !== undefined &&
      growing.to.entries >= entries &&
      growing.assigns > 0 &&
      growing.removals <= deletesAtMost * growing.assigns;
    return {
      subject,
      met,
      holds: met,
      report: () => onlyGrows(labelOf(subject, name), growing),
    };
  }

  /** Of a row that names no map, every map of its type has a share that is not known: deletes count for each of them. */
  #window({ start, counts }: Window): void {
    for (const { process, op, mapType, mapAddress, count, site } of counts) {
      if (op !== 'assign' && op !== 'delete' && op !== 'clear') continue;
      for (const { track } of this.#ofCount(process, mapType, mapAddress)) {
        if (op === 'assign') track.assigned(start, count, this.#matcher.site(site) ? site : undefined);
        else if (op === 'delete') track.removed(start, count);
        else if (mapAddress !== undefined) track.cleared();
        else track.removed(start, Infinity);
      }
    }
  }

  #ofCount(
    process: ProcessRef,
    mapType: string | undefined,
    mapAddress: string | undefined,
  ): readonly Tracked[] {
    if (mapAddress !== undefined) {
      const one = this.#maps.get(keyOf(process, mapType, mapAddress));
      return one === undefined ? [] : [one];
    }
    const key = processKey(process);
    return [...this.#maps.values()].filter(
      ({ subject }) => subject.mapType === mapType && processKey(subject.process) === key,
    );
  }

  #seen(process: ProcessRef, map: MapLike, at: number, entries: number): void {
    const met = process.started ?? this.#metAt(process, at);
    if (this.#rule.sequence === 'never-shrinks' && at - met < this.#rule.startupMs) return;
    const tracked = this.#tracked(process, map, at, entries >= this.#rule.entries / SMALL);
    tracked?.track.seen(at, entries);
    if (tracked !== undefined && map.name !== undefined) tracked.name = map.name;
  }

  #tracked(process: ProcessRef, map: MapLike, at: number, make = false): Tracked | undefined {
    const { mapAddress, mapType } = map;
    if (mapAddress === undefined || !this.#matcher.process(process) || !this.#matcher.type(mapType))
      return undefined;
    const key = keyOf(process, mapType, mapAddress);
    let tracked = this.#maps.get(key);
    if (tracked === undefined && make) {
      if (this.#maps.size >= MOST_SUBJECTS) {
        this.#beyond++;
        return undefined;
      }
      const subject = { process, mapAddress, ...(mapType === undefined ? {} : { mapType }) };
      tracked = { subject, track: new SizeTrack(this.#rule.spanMs), name: undefined, usedAt: at };
      this.#maps.set(key, tracked);
    }
    if (tracked !== undefined) tracked.usedAt = Math.max(tracked.usedAt, at);
    return tracked;
  }

  #metAt(process: ProcessRef, at: number): number {
    const key = processKey(process);
    const met = this.#met.get(key) ?? at;
    if (this.#met.size < MOST_SUBJECTS) this.#met.set(key, met);
    return met;
  }
}

/** A map that was not seen for so long is forgotten. */
const FORGOTTEN_MS = 600_000;
/** Maps are followed from this part on of the entries that a rule wants: small ones come and go in great numbers. */
const SMALL = 20;

type MapLike = Partial<Pick<MapState, 'mapAddress' | 'name'>> & { readonly mapType?: string | undefined };

const keyOf = (process: ProcessRef, mapType: string | undefined, mapAddress: string): string =>
  `${processKey(process)}\0${mapAddress}\0${mapType ?? ''}`;

const labelOf = ({ mapType, mapAddress = '' }: FindingSubject, name: string | undefined): string =>
  `${name === undefined ? '' : `${printable(name)}, `}${typeWords(mapType)} at ${mapAddress}`;

function onlyGrows(map: string, growing: Growing | undefined): Report {
  if (growing === undefined) return { title: map, evidence: [] };
  const { from, to, assigns, removals, site } = growing;
  const span = { from: Math.floor(from.at), to: Math.ceil(to.at) };
  const perSecond = ((to.entries - from.entries) * 1000) / Math.max(1, to.at - from.at);
  const place = site === undefined ? '' : `, assigned at ${siteWords(site)}`;
  return {
    title: `${map} only grows: ${grouped(to.entries)} entries${place}`,
    evidence: [
      {
        text: `It grew from ${grouped(from.entries)} to ${grouped(to.entries)} entries in ${spoken(to.at - from.at)} (${rateText(perSecond)} a second), in each quarter of that time, and did not slow down.`,
        ...span,
      },
      {
        text: `${counted(assigns, 'assign')} and ${removals === 0 ? 'no delete' : counted(removals, 'delete')} were counted on it meanwhile.`,
        ...span,
      },
    ],
    ...(site === undefined ? {} : { about: { site } }),
  };
}
