import { type ReactNode, useMemo } from 'react';
import type { ApiRates, ApiSeries } from '../../src/protocol/api.ts';
import type { Span } from '../state/view.ts';
import { grouped, OPS, perSecond, siteText } from '../text/show.ts';
import { Empty } from '../ui/panel.tsx';
import { Chart } from './chart.tsx';
import { OP_DASHES } from './colors.ts';
import type { Line, Mark } from './options.ts';

/** For lines that are no operations: as many as can be told apart. */
export const SERIES_COLORS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const;

/** What a series is called on the page. */
export function seriesName(series: ApiSeries): string {
  if (series.site !== undefined) return siteText(series.site);
  return series.map_type ?? series.op ?? series.name;
}

/** Counts of each step as operations a second. */
export function perSecondPoints(series: ApiSeries, step: number): (number | null)[] {
  return series.points.map((point) => (point === null ? null : (point * 1000) / step));
}

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
      points: perSecondPoints(series, rates.step),
    }));
}

interface RateChartProps {
  readonly label: string;
  readonly rates: ApiRates;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
  readonly marks?: readonly Mark[];
  readonly height?: number;
}

/** Operations a second over time. */
export function RateChart({ label, rates, span, onSpan, marks, height }: RateChartProps): ReactNode {
  const times = useMemo(() => timesOf(rates), [rates]);
  const lines = useMemo(() => linesOf(rates), [rates]);
  if (lines.length === 0)
    return (
      <Empty>
        Nothing was recorded in this time. Take a longer span, or look whether a program is audited:{' '}
        <code>mapaudit ps</code>
      </Empty>
    );
  return (
    <>
      <Chart
        label={label}
        times={times}
        lines={lines}
        span={span}
        format={perSecond}
        onSpan={onSpan}
        {...(marks === undefined ? {} : { marks })}
        {...(height === undefined ? {} : { height })}
      />
      {rates.other > 0 && (
        <p className="note">{grouped(rates.other)} operations are in none of these lines.</p>
      )}
    </>
  );
}
