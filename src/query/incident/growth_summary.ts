import type { GrowthEvent } from '../../protocol/growth.ts';
import type { GrownMap, ReportMark } from '../../protocol/report.ts';
import { isGrowth } from '../growth/rates.ts';
import { siteText } from './words.ts';

/** Growths of so many maps are shown. */
const MAPS = 20;
/** Marks on the time line: the largest growths. */
const MARKS = 200;

interface Grown {
  readonly map: GrowthEvent['map'];
  growths: number;
  entries: number | undefined;
  unit: 'buckets' | 'slots' | undefined;
  from: number | undefined;
  to: number | undefined;
  readonly sites: Map<string, number>;
}

/** Sums growth up by map. */
export class GrowthSummary {
  readonly #maps = new Map<string, Grown>();
  readonly #marks: { readonly mark: ReportMark; readonly size: number }[] = [];

  add(event: GrowthEvent): void {
    const { op, map, pid, growth, caller, time, len } = event;
    if (!isGrowth(op)) return;
    const name = `${pid ?? ''} ${map.id ?? map.address ?? ''}`;
    const of: Grown = this.#maps.get(name) ?? {
      map,
      growths: 0,
      entries: undefined,
      unit: undefined,
      from: undefined,
      to: undefined,
      sites: new Map(),
    };
    this.#maps.set(name, of);
    of.growths++;
    of.entries = len ?? of.entries;
    of.unit = growth?.unit ?? of.unit;
    of.from ??= growth?.from;
    of.to = growth?.to ?? of.to;
    const site = caller === undefined ? undefined : siteText(caller);
    if (site !== undefined) of.sites.set(site, (of.sites.get(site) ?? 0) + 1);
    this.#mark(Date.parse(time), event);
  }

  maps(): GrownMap[] {
    return [...this.#maps.values()]
      .sort((a, b) => (b.entries ?? 0) - (a.entries ?? 0) || b.growths - a.growths)
      .slice(0, MAPS)
      .map(({ map, growths, entries, unit, from, to, sites }) => {
        const [site] = [...sites].sort(([, a], [, b]) => b - a);
        return {
          ...(map.type === undefined ? {} : { map_type: map.type }),
          ...(map.address === undefined ? {} : { address: map.address }),
          growths,
          ...(entries === undefined ? {} : { entries }),
          ...(unit === undefined ? {} : { unit }),
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...(site === undefined ? {} : { site: site[0] }),
        };
      });
  }

  marks(): ReportMark[] {
    return [...this.#marks]
      .sort((a, b) => b.size - a.size)
      .slice(0, MARKS)
      .map(({ mark }) => mark);
  }

  #mark(at: number, { map, growth, op, len }: GrowthEvent): void {
    const { from, to, unit } = growth ?? {};
    const size = len ?? to ?? 0;
    const sizes =
      from === undefined || to === undefined ? '' : ` from ${from} to ${to} ${unit ?? ''}`.trimEnd();
    this.#marks.push({
      mark: { kind: 'growth', at, text: `${map.type ?? 'a map'}: ${op}${sizes}` },
      size,
    });
    // Enough to choose from, and no more.
    if (this.#marks.length > 50 * MARKS) this.#marks.splice(0, this.#marks.length, ...this.#largest());
  }

  #largest(): { readonly mark: ReportMark; readonly size: number }[] {
    return [...this.#marks].sort((a, b) => b.size - a.size).slice(0, MARKS);
  }
}
