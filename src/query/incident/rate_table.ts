import { type MapOp, MAP_OPS } from '../../model/map_op.ts';
import type { Window } from '../../model/window.ts';
import type { MovedSite, RateChange, RateSeries } from '../../protocol/report.ts';
import { changePoints } from './change_point.ts';

const SECOND = 1000;

interface Place {
  readonly name: Omit<MovedSite, 'before' | 'after'>;
  /** Operations by second. */
  readonly counts: Map<number, number>;
}

/** Rates by operation and by place, second by second. */
export class RateTable {
  readonly #seconds = new Set<number>();
  readonly #places = new Map<string, Place>();
  #first = Infinity;
  #last = -Infinity;

  /** A window that was late counts in each of its seconds alike. */
  add({ start, lengthMs, counts }: Window): void {
    const seconds = Math.max(1, Math.round(lengthMs / SECOND));
    const first = Math.floor(start / SECOND);
    for (let i = 0; i < seconds; i++) this.#seconds.add(first + i);
    this.#first = Math.min(this.#first, first);
    this.#last = Math.max(this.#last, first + seconds - 1);
    for (const { op, site, mapType, count } of counts) {
      const name = `${op} ${mapType ?? ''} ${site?.function ?? ''} ${site?.file ?? ''}:${site?.line ?? ''}`;
      let place = this.#places.get(name);
      if (place === undefined) {
        place = {
          name: { op, ...site, ...(mapType === undefined ? {} : { map_type: mapType }) },
          counts: new Map(),
        };
        this.#places.set(name, place);
      }
      for (let i = 0; i < seconds; i++)
        place.counts.set(first + i, (place.counts.get(first + i) ?? 0) + count / seconds);
    }
  }

  /** Unix milliseconds; 0 where nothing was counted. */
  get from(): number {
    return this.#seconds.size === 0 ? 0 : this.#first * SECOND;
  }

  /** The end of the last second. */
  get to(): number {
    return this.#seconds.size === 0 ? 0 : (this.#last + 1) * SECOND;
  }

  /** One a kind of operation that happened. */
  series(): RateSeries[] {
    return MAP_OPS.flatMap((op) => {
      const bySecond = this.#bySecond(op);
      const total = [...bySecond.values()].reduce((sum, count) => sum + count, 0);
      if (total === 0) return [];
      const runs: { readonly at: number; readonly counts: number[] }[] = [];
      for (const second of [...this.#seconds].sort((x, y) => x - y)) {
        const count = Math.round(bySecond.get(second) ?? 0);
        const last = runs.at(-1);
        if (last !== undefined && last.at / SECOND + last.counts.length === second) last.counts.push(count);
        else runs.push({ at: second * SECOND, counts: [count] });
      }
      return [{ op, runs, total: Math.round(total) }];
    });
  }

  /**
   * Where a rate changed. The first and the last second were seen in part only and are left out, and with them seconds
   * of which nothing was recorded.
   */
  changes(): RateChange[] {
    const whole = this.#wholeSeconds();
    return MAP_OPS.flatMap((op) => {
      const bySecond = this.#bySecond(op);
      const values = whole.map((second) => bySecond.get(second) ?? 0);
      return changePoints(values).map(({ at, before, after, from, to, p, deviations }): RateChange => ({
        op,
        at: (whole[at] ?? 0) * SECOND,
        before,
        after,
        seconds_before: at - from,
        seconds_after: to - at,
        p,
        deviations,
      }));
    });
  }

  /** Every place with its rates in two spans of whole seconds; without a moment all of it is `after`. */
  sites(span: Span | undefined): MovedSite[] {
    const whole = this.#wholeSeconds();
    const used = whole.length === 0 ? [...this.#seconds] : whole;
    const isBefore = (second: number): boolean =>
      span !== undefined && second * SECOND >= span.from && second * SECOND < span.at;
    const isAfter = (second: number): boolean =>
      span === undefined || (second * SECOND >= span.at && second * SECOND < span.to);
    const [first, second] = [used.filter(isBefore), used.filter(isAfter)];
    const rate = ({ counts }: Place, of: readonly number[]): number =>
      of.length === 0 ? 0 : of.reduce((sum, s) => sum + (counts.get(s) ?? 0), 0) / of.length;
    return [...this.#places.values()]
      .map((place) => ({ ...place.name, before: rate(place, first), after: rate(place, second) }))
      .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  }

  #wholeSeconds(): number[] {
    return [...this.#seconds]
      .filter((second) => second > this.#first && second < this.#last)
      .sort((a, b) => a - b);
  }

  #bySecond(op: MapOp): Map<number, number> {
    const sums = new Map<number, number>();
    for (const { name, counts } of this.#places.values())
      if (name.op === op)
        for (const [second, count] of counts) sums.set(second, (sums.get(second) ?? 0) + count);
    return sums;
  }
}

/** What lies before a moment, and after it; Unix milliseconds. */
export interface Span {
  readonly from: number;
  readonly at: number;
  readonly to: number;
}

/** The two parts that a change lies between. */
export const spanOf = ({ at, seconds_before: before, seconds_after: after }: RateChange): Span => ({
  from: at - before * SECOND,
  at,
  to: at + after * SECOND,
});

/** The change that matters most: the one by which most operations came or went. */
export function mainChange(changes: readonly RateChange[]): RateChange | undefined {
  const [first] = [...changes].sort((a, b) => weight(b) - weight(a));
  return first;
}

const weight = ({ before, after }: RateChange): number =>
  Math.abs(after - before) * Math.abs(Math.log((after + 1) / (before + 1)));
