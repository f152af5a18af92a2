import type { SiteRef } from '../../model/window.ts';
import { siteKey } from '../names.ts';
import { Tally } from '../tally.ts';

/** Parts of the span that are looked at one by one. */
export const PARTS = 4;
const MOST_SITES = 16;

/** How many entries a map had at a moment. */
export interface Point {
  readonly at: number;
  readonly entries: number;
}

/** A part of the span. */
interface Part {
  readonly number: number;
  first: Point | undefined;
  last: Point | undefined;
  assigns: number;
  removals: number;
  readonly sites: Tally<SiteRef>;
}

/** How one map grew over a span of time. */
export interface Growing {
  readonly from: Point;
  readonly to: Point;
  readonly assigns: number;
  readonly removals: number;
  readonly site: SiteRef | undefined;
}

/** The entries of one map over the last parts of a span. */
export class SizeTrack {
  readonly #partMs: number;
  #parts: Part[] = [];
  #last: Point | undefined;

  constructor(spanMs: number) {
    this.#partMs = spanMs / PARTS;
  }

  get last(): Point | undefined {
    return this.#last;
  }

  /** The map was seen with so many entries. One that has fewer than before begins anew. */
  seen(at: number, entries: number): void {
    const before = this.#last;
    if (before !== undefined && at < before.at) return;
    if (before !== undefined && entries < before.entries * SHRUNK) this.#parts = [];
    const point = { at, entries };
    this.#last = point;
    const part = this.#part(at);
    part.first ??= point;
    part.last = point;
  }

  assigned(at: number, count: number, site: SiteRef | undefined): void {
    const part = this.#part(at);
    part.assigns += count;
    if (site !== undefined) part.sites.add(siteKey(site), site, count);
  }

  removed(at: number, count: number): void {
    this.#part(at).removals += count;
  }

  cleared(): void {
    this.#parts = [];
  }

  /** That it grew in each part of the span that ends now, and did not slow down; undefined where it did not. */
  growing(now: number): Growing | undefined {
    const newest = Math.floor(now / this.#partMs);
    const parts = this.#parts.filter(({ number }) => number < newest && number >= newest - PARTS);
    const [first] = parts;
    const points = parts.flatMap(({ last }) => (last === undefined ? [] : [last]));
    const from = first?.first;
    const to = points.at(-1);
    if (parts.length < PARTS || points.length < PARTS || from === undefined || to === undefined)
      return undefined;
    const steps = points.slice(1).map((point, i) => stepOf(points[i] ?? point, point));
    const isSteady = steps.every(({ share, entries }) => share >= LEAST_SHARE && entries >= LEAST_ENTRIES);
    const isSlowing = (steps.at(-1)?.perMs ?? 0) < SLOWING * (steps[0]?.perMs ?? 0);
    if (!isSteady || isSlowing) return undefined;
    const sites = new Tally<SiteRef>(MOST_SITES);
    for (const part of parts) sites.addAll(part.sites);
    const sum = (of: (part: Part) => number): number => parts.reduce((all, part) => all + of(part), 0);
    return {
      from,
      to,
      assigns: sum(({ assigns }) => assigns),
      removals: sum(({ removals }) => removals),
      site: sites.top()?.thing,
    };
  }

  #part(at: number): Part {
    const number = Math.floor(at / this.#partMs);
    const known = this.#parts.find((part) => part.number === number);
    if (known !== undefined) return known;
    const part: Part = {
      number,
      first: undefined,
      last: undefined,
      assigns: 0,
      removals: 0,
      sites: new Tally(MOST_SITES),
    };
    this.#parts.push(part);
    this.#parts = this.#parts.filter((one) => one.number >= number - PARTS - 1);
    return part;
  }
}

/** A map with less than this part of its entries has shrunk; a little comes and goes while it is read. */
const SHRUNK = 0.99;
/** Of one part of the span to the next a map grows at least so much. */
const LEAST_SHARE = 0.01;
const LEAST_ENTRIES = 10;
/** A cache that fills slows down: at the end of the span it grows at less than this part of its first speed. */
const SLOWING = 0.6;

function stepOf(a: Point, b: Point): { share: number; entries: number; perMs: number } {
  const entries = b.entries - a.entries;
  return { share: entries / Math.max(1, a.entries), entries, perMs: entries / Math.max(1, b.at - a.at) };
}
