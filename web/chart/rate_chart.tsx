import { type ReactNode, useMemo } from 'react';
import type { ApiRates } from '../../src/protocol/api.ts';
import type { Span } from '../state/view.ts';
import { grouped, perSecond } from '../text/show.ts';
import { Empty } from '../ui/panel.tsx';
import { Chart } from './chart.tsx';
import type { Mark } from './options.ts';
import { linesOf, timesOf } from './rates.ts';

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
