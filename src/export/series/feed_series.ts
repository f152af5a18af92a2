import { assertUnreachable } from '../../base/assert.ts';
import type { Cost, FeedItem, FeedSink, GrowthStep, RaceSeen, SampledEvents } from '../../model/feed.ts';
import type { Finding } from '../../model/finding.ts';
import type { ProcessRef, Window } from '../../model/window.ts';
import { OTHER } from './bounded.ts';
import type { Family, Labels } from './family.ts';
import { KeyEntropy } from './key_entropy.ts';
import { MapGauges } from './map_gauges.ts';
import { OTHER_PROCESS, ProcessLabels } from './process_labels.ts';
import { OP_FAMILIES, type SeriesName, SPECS } from './specs.ts';
import { SeriesStore } from './store.ts';

/** So long the series of a process that has ended are shown, so that its last counts are scraped. */
const KEPT_MS = 300_000;
/** Races whose count is remembered, to tell what is new of it. */
const MOST_RACES = 10_000;

/** The series of a feed, for whoever exports them. */
export interface FeedSeries extends FeedSink {
  take(items: readonly FeedItem[]): void;
  readonly families: readonly Family[];
}

/** `now`: clock for since when a series is there, Unix milliseconds. */
export function feedSeries(now: () => number = Date.now): FeedSeries {
  return new Collector(now);
}

class Collector implements FeedSeries {
  readonly #store: SeriesStore<SeriesName>;
  readonly #labels = new ProcessLabels();
  readonly #maps: MapGauges;
  readonly #keys = new KeyEntropy();
  readonly #leaving = new Map<string, { readonly process: ProcessRef; readonly at: number }>();
  readonly #active = new Map<string, ProcessRef>();
  readonly #races = new Map<string, number>();
  readonly #firing = new Map<string, Labels>();
  /** `output_slow` of each process so far. */
  readonly #slow = new Map<string, number>();
  readonly #growths = new Map<string, number>();
  /** Processes whose windows know of more growths than there are steps. */
  readonly #grownByCounts = new Set<string>();

  constructor(now: () => number) {
    this.#store = new SeriesStore<SeriesName>(SPECS, now);
    this.#maps = new MapGauges(this.#store, this.#labels);
    // What has no labels of its own is there from the beginning: an alert on nothing is no alert.
    for (const cause of ['ring_full', 'output_slow', 'growth_ring_full'])
      this.#store.add('mapaudit_lost_total', { cause }, 0);
    for (const label of ['process', 'type', 'key']) this.#store.add('mapaudit_other_total', { label }, 0);
    this.#store.add('mapaudit_sampled_out_total', {}, 0);
    this.#store.set('mapaudit_processes', {}, 0);
  }

  get families(): readonly Family[] {
    const { process, type } = this.#labels.refused;
    this.#store.set('mapaudit_other_total', { label: 'process' }, process);
    this.#store.set('mapaudit_other_total', { label: 'type' }, type);
    this.#store.set('mapaudit_other_total', { label: 'key' }, this.#keys.refused);
    this.#store.remove(() => true, 'map_key_entropy');
    for (const { labels, bits } of this.#keys.values()) this.#store.set('map_key_entropy', labels, bits);
    return this.#store.families;
  }

  take(items: readonly FeedItem[]): void {
    for (const item of items) this.#take(item);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #take(item: FeedItem): void {
    switch (item.type) {
      case 'joined':
        this.#labels.joined(item.process);
        this.#joined(item.process);
        if (item.growth === 'among-events') this.#grownByCounts.add(keyOf(item.process));
        break;
      case 'left':
        this.#left(item.process, item.at);
        break;
      case 'window':
        this.#window(item.window);
        break;
      case 'events':
        this.#events(item);
        break;
      case 'growth':
        this.#growth(item);
        break;
      case 'race':
        this.#race(item);
        break;
      case 'maps':
        this.#maps.take(item);
        break;
      case 'cost':
        this.#cost(item);
        break;
      case 'finding':
        this.#finding(item.finding);
        break;
      default:
        assertUnreachable(item);
    }
  }

  #joined(process: ProcessRef): void {
    const key = keyOf(process);
    this.#active.set(key, process);
    this.#store.set('mapaudit_processes', {}, this.#active.size);
    this.#store.add('mapaudit_events_total', this.#labels.of(process), 0);
    for (const ops of ['all', 'reads'])
      this.#store.add('mapaudit_uncounted_seconds_total', { ...this.#labels.of(process), ops }, 0);
  }

  #left(process: ProcessRef, at: number): void {
    const key = keyOf(process);
    this.#active.delete(key);
    this.#slow.delete(key);
    this.#growths.delete(key);
    // Another program of the same process counts its races anew.
    for (const race of this.#races.keys()) if (race.startsWith(`${key} `)) this.#races.delete(race);
    this.#store.set('mapaudit_processes', {}, this.#active.size);
    this.#maps.left(process);
    const labels = this.#labels.of(process);
    this.#keys.forget((one) => isOf(one, labels));
    if (labels !== OTHER_PROCESS)
      for (const { name, kind } of SPECS)
        if (kind === 'gauge') this.#store.remove((one) => isOf(one, labels), name);
    this.#leaving.set(key, { process, at });
  }

  #events({ process, events }: SampledEvents): void {
    this.#store.add('mapaudit_events_total', this.#labels.of(process), events.length);
    const known = new Map<string, Labels>();
    for (const { op, map, key } of events) {
      if (key?.text === undefined) continue;
      const name = `${op} ${map.type ?? ''}`;
      const labels = known.get(name) ?? { ...this.#labels.ofType(process, map.type), op };
      known.set(name, labels);
      // What stands for several types says nothing of any.
      if (labels['type'] !== OTHER) this.#keys.add(labels, key.text);
    }
  }

  #window({ start, lengthMs, counts, loss, uncounted = [] }: Window): void {
    for (const { process, ops, ms } of uncounted)
      this.#store.add('mapaudit_uncounted_seconds_total', { ...this.#labels.of(process), ops }, ms / 1000);
    for (const { process, op, mapType, count } of counts)
      if (op !== 'grow') this.#store.add(OP_FAMILIES[op], this.#labels.ofType(process, mapType), count);
      else if (this.#grownByCounts.has(keyOf(process))) this.#grew(process, mapType, undefined, count);
    this.#store.add('mapaudit_lost_total', { cause: 'ring_full' }, loss.ringFull);
    this.#store.add('mapaudit_sampled_out_total', {}, loss.sampled);
    const end = start + lengthMs;
    this.#keys.tick(end);
    this.#store.set('mapaudit_window_end_timestamp_seconds', {}, end / 1000);
    this.#forget(end);
  }

  /** The end of a classic migration is no growth of its own. */
  #growth({ process, mapType, op, trigger, movedBytes, durationNs }: GrowthStep): void {
    const labels = this.#labels.ofType(process, mapType);
    const isGrowth = op === 'grow' || op === 'rehash' || op === 'split';
    if (isGrowth && !this.#grownByCounts.has(keyOf(process))) this.#grew(process, mapType, trigger, 1);
    if (movedBytes !== undefined) this.#store.add('map_migrated_bytes_total', labels, movedBytes);
    if (durationNs !== undefined)
      this.#store.observe('map_grow_seconds', { ...this.#labels.of(process), op }, durationNs / 1e9);
  }

  #grew(
    process: ProcessRef,
    mapType: string | undefined,
    trigger: GrowthStep['trigger'],
    count: number,
  ): void {
    const labels = this.#labels.ofType(process, mapType);
    this.#store.add('map_grow_total', { ...labels, trigger: trigger ?? 'unknown' }, count);
  }

  /** A race is told again with the count that it has by then. */
  #race({ process, mapType, kind, id, count }: RaceSeen): void {
    const key = `${keyOf(process)} ${id}`;
    const fresh = count - (this.#races.get(key) ?? 0);
    if (this.#races.size < MOST_RACES || this.#races.has(key)) this.#races.set(key, count);
    this.#store.add('map_race_total', { ...this.#labels.ofType(process, mapType), kind }, Math.max(0, fresh));
  }

  /** Of processes in `other` there is none: a ratio of several programs means nothing. */
  #cost(cost: Cost): void {
    const { process, share, budget, sampledEvery, keys, reads, paused, ringFill, lost } = cost;
    const key = keyOf(process);
    const slow = lost.outputSlow - (this.#slow.get(key) ?? 0);
    this.#slow.set(key, lost.outputSlow);
    this.#store.add('mapaudit_lost_total', { cause: 'output_slow' }, Math.max(0, slow));
    const growths = (lost.growths ?? 0) - (this.#growths.get(key) ?? 0);
    this.#growths.set(key, lost.growths ?? 0);
    this.#store.add('mapaudit_lost_total', { cause: 'growth_ring_full' }, Math.max(0, growths));
    const labels = this.#labels.of(process);
    if (labels === OTHER_PROCESS) return;
    this.#store.set('mapaudit_overhead_ratio', labels, share);
    this.#store.set('mapaudit_overhead_budget_ratio', labels, budget);
    this.#store.set('mapaudit_ring_fill_ratio', labels, ringFill);
    this.#store.set('mapaudit_sampled_every', labels, sampledEvery);
    this.#store.set('mapaudit_keys_captured', labels, keys ? 1 : 0);
    this.#store.set('mapaudit_reads_counted', labels, reads ? 1 : 0);
    this.#store.set('mapaudit_paused', labels, paused === true ? 1 : 0);
  }

  #finding({ id, rule, severity, state }: Finding): void {
    const labels = { rule, severity };
    if (state === 'firing') {
      if (!this.#firing.has(id)) this.#store.add('mapaudit_findings_total', labels, 1);
      this.#firing.set(id, labels);
    } else this.#firing.delete(id);
    const count = [...this.#firing.values()].filter(
      (one) => one['rule'] === rule && one['severity'] === severity,
    );
    this.#store.set('mapaudit_findings_firing', labels, count.length);
  }

  /** Takes away what has ended long ago; unless a process with the same labels is there. */
  #forget(now: number): void {
    for (const [key, { process, at }] of this.#leaving) {
      if (now - at < KEPT_MS) continue;
      this.#leaving.delete(key);
      this.#grownByCounts.delete(key);
      // It may have become another program of the same name.
      if ([...this.#active.values()].some(({ pid, name }) => pid === process.pid && name === process.name))
        continue;
      const labels = this.#labels.forget(process);
      if (labels !== undefined) this.#store.remove((one) => isOf(one, labels));
    }
  }
}

const keyOf = ({ pid, started }: ProcessRef): string => `${pid}-${started ?? ''}`;

const isOf = (one: Labels, process: Labels): boolean =>
  Object.entries(process).every(([label, value]) => one[label] === value);
