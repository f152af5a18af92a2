import type { ApiRates, ApiSeries } from '../../src/protocol/api.ts';
import { recordedMs, seriesName } from '../chart/rates.ts';
import type { Span } from './view.ts';

/** One thing in both ranges, in operations a second. */
export interface Compared {
  readonly id: string;
  readonly name: string;
  readonly series: ApiSeries;
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** `after / before`; absent where there was nothing before. */
  readonly factor?: number;
}

/** What tells a series from others: two lines may be called alike. */
export const seriesId = (series: ApiSeries): string =>
  series.site?.id ?? series.map_type ?? series.op ?? series.name;

/** Over the time that was recorded. */
function perSecond(series: ApiSeries | undefined, rates: ApiRates): number {
  const ms = recordedMs(rates);
  return ms === 0 ? 0 : ((series?.total ?? 0) * 1000) / ms;
}

/** Both answers joined, what changed most first. */
export function compared(before: ApiRates, after: ApiRates): Compared[] {
  const ids = new Map<string, { before?: ApiSeries; after?: ApiSeries }>();
  for (const series of before.series) ids.set(seriesId(series), { before: series });
  for (const series of after.series)
    ids.set(seriesId(series), { ...ids.get(seriesId(series)), after: series });
  const rows: Compared[] = [];
  for (const [id, pair] of ids) {
    const series = pair.after ?? pair.before;
    if (series === undefined) continue;
    const was = perSecond(pair.before, before);
    const is = perSecond(pair.after, after);
    rows.push({
      id,
      name: seriesName(series),
      series,
      before: was,
      after: is,
      change: is - was,
      ...(was === 0 ? {} : { factor: is / was }),
    });
  }
  return rows.toSorted((x, y) => Math.abs(y.change) - Math.abs(x.change));
}

/** One series, or the sum of all, over the time since the range began; null where nothing is known. */
export function overlay(rates: ApiRates, span: Span, id: string | undefined): Map<number, number | null> {
  const chosen = rates.series.filter((series) => id === undefined || seriesId(series) === id);
  const points = new Map<number, number | null>();
  const longest = rates.series.reduce((most, series) => Math.max(most, series.points.length), 0);
  for (let i = 0; i < longest; i++) {
    const at = rates.at + i * rates.step - span.from;
    // Nothing of one series while others were recorded is nothing that was done.
    const isKnown = rates.series.some((series) => typeof series.points[i] === 'number');
    const sum = chosen.reduce((total, series) => total + (series.points[i] ?? 0), 0);
    points.set(Math.max(0, at), isKnown ? (sum * 1000) / (rates.recorded[i] || rates.step) : null);
  }
  return points;
}
