import type { FindingSubject } from '../../model/finding.ts';
import type { SiteRef } from '../../model/window.ts';
import { Baseline } from '../baseline.ts';
import type { RateRule } from '../definition.ts';
import { siteKey } from '../names.ts';
import { SecondRing, SecondSums } from '../second_ring.ts';
import { Tally } from '../tally.ts';

/** Places and prefixes that are told apart in each second of one subject. */
const MOST_SITES = 32;
const MOST_PREFIXES = 256;

/** What is counted of one subject of a rate. */
export class RateState {
  readonly subject: FindingSubject;
  readonly counts: SecondSums;
  readonly against: SecondSums | undefined;
  baseline: Baseline | undefined;
  /** Of the newest events. */
  sampledEvery = 1;
  readonly #sites: SecondRing<Tally<SiteRef>>;
  readonly #types: SecondRing<Tally<string>>;
  readonly #prefixes: SecondRing<Tally<string>> | undefined;

  constructor(rule: RateRule, subject: FindingSubject) {
    const seconds = rule.windowMs / 1000;
    this.subject = subject;
    this.counts = new SecondSums(seconds);
    this.against = rule.outweighs === undefined ? undefined : new SecondSums(seconds);
    this.baseline = rule.baseline === undefined ? undefined : new Baseline(rule.baseline, rule.windowMs);
    this.#sites = new SecondRing(seconds, () => new Tally(MOST_SITES));
    this.#types = new SecondRing(seconds, () => new Tally(MOST_SITES));
    this.#prefixes =
      rule.share === undefined ? undefined : new SecondRing(seconds, () => new Tally(MOST_PREFIXES));
  }

  /** Where it came from, and on maps of what type. */
  from(ms: number, site: SiteRef | undefined, mapType: string | undefined, count: number): void {
    const second = Math.floor(ms / 1000);
    const sites = this.#sites.at(second);
    if (site === undefined) sites?.addTotal(count);
    else sites?.add(siteKey(site), site, count);
    if (mapType !== undefined) this.#types.at(second)?.add(mapType, mapType, count);
  }

  /** An event's key begins so, and so. */
  key(ms: number, prefixes: readonly string[], sampledEvery: number): void {
    this.sampledEvery = sampledEvery;
    const tally = this.#prefixes?.at(Math.floor(ms / 1000));
    tally?.addTotal(1);
    for (const prefix of prefixes) tally?.addName(prefix, prefix, 1);
  }

  sites(now: number, windowMs: number): Tally<SiteRef> {
    return summed(this.#sites, now, windowMs, MOST_SITES);
  }

  types(now: number, windowMs: number): Tally<string> {
    return summed(this.#types, now, windowMs, MOST_SITES);
  }

  prefixes(now: number, windowMs: number): Tally<string> {
    return this.#prefixes === undefined ? new Tally(0) : summed(this.#prefixes, now, windowMs, MOST_PREFIXES);
  }
}

function summed<T>(ring: SecondRing<Tally<T>>, now: number, windowMs: number, most: number): Tally<T> {
  const all = new Tally<T>(most);
  const end = Math.floor(now / 1000);
  for (const tally of ring.between(end - windowMs / 1000, end)) all.addAll(tally);
  return all;
}
