import type { ApiRates, ApiSeries } from '../../src/protocol/api.ts';
import { OPS, siteText } from '../text/show.ts';
import { OP_DASHES } from './colors.ts';
import type { Line } from './options.ts';

/** For lines that are no operations: as many as can be told apart. */
export const SERIES_COLORS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const;

/** What a series is called on the page. */
export function seriesName(series: ApiSeries): string {
  if (series.site !== undefined) return siteText(series.site);
  return series.map_type ?? series.op ?? series.name;
}

/** Counts of each step as operations a second, over the part of it that was recorded. */
export function perSecondPoints(series: ApiSeries, { recorded, step }: ApiRates): (number | null)[] {
  return series.points.map((point, i) => (point === null ? null : (point * 1000) / (recorded[i] || step)));
}

/** How much of the time was recorded, milliseconds: what a rate over all of it is over. */
export const recordedMs = ({ recorded }: ApiRates): number => recorded.reduce((sum, ms) => sum + ms, 0);

export function timesOf(rates: ApiRates): number[] {
  const longest = rates.series.reduce((most, { points }) => Math.max(most, points.length), 0);
  return Array.from({ length: longest }, (_, i) => rates.at + i * rates.step);
}

/** Operations in the order that they have everywhere, all else as it was answered. */
export function linesOf(rates: ApiRates): Line[] {
  const position = (series: ApiSeries): number => (series.op === undefined ? -1 : OPS.indexOf(series.op));
  return rates.series
    .filter(({ total }) => total > 0)
    .toSorted((a, b) => position(a) - position(b))
    .map((series, i) => ({
      name: seriesName(series),
      color: series.op ?? SERIES_COLORS[i % SERIES_COLORS.length] ?? 'c1',
      dash: series.op === undefined ? [] : OP_DASHES[series.op],
      points: perSecondPoints(series, rates),
    }));
}
