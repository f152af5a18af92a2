import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';
import { useDark } from '../state/settings.ts';
import type { Span } from '../state/view.ts';
import { ChartTable } from './chart_table.tsx';
import { Legend } from './legend.tsx';
import { chartOptions, type Line, type Mark, timeText } from './options.ts';

export interface ChartProps {
  /** What it shows, for those who do not see it; a sentence about the values is added. */
  readonly label: string;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly span: Span;
  readonly marks?: readonly Mark[];
  readonly height?: number;
  readonly format: (value: number) => string;
  readonly formatRight?: (value: number) => string;
  /** Times are since a beginning, not of the day. */
  readonly offsets?: boolean;
  /** A part was marked with the mouse. */
  readonly onSpan?: (span: Span) => void;
}

/** Lines over time. The same numbers stand in a table that can be opened beneath. */
export function Chart(props: ChartProps): ReactNode {
  const { label, times, lines, span, format, height = 200, offsets = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const dark = useDark();
  const [index, setIndex] = useState<number>();
  const shape = JSON.stringify([lines.map(({ name, color, right }) => [name, color, right]), offsets, dark]);
  const data = useMemo<UPlot.AlignedData>(
    () => [[...times], ...lines.map(({ points }) => [...points])],
    [times, lines],
  );
  const newest = useRef(data);
  newest.current = data;

  useEffect(() => {
    const target = box.current;
    if (target === null) return;
    const made = new UPlot(
      chartOptions({
        width: target.clientWidth,
        height,
        lines: latest.current.lines,
        offsets,
        now: () => ({ ...latest.current.span, marks: latest.current.marks ?? [] }),
        left: (value) => latest.current.format(value),
        right: (value) => (latest.current.formatRight ?? latest.current.format)(value),
        moved: setIndex,
        selected:
          latest.current.onSpan === undefined
            ? undefined
            : (from, to) => latest.current.onSpan?.({ from: Math.floor(from), to: Math.ceil(to) }),
      }),
      newest.current,
      target,
    );
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }));
    watcher.observe(target);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape, height, offsets]);

  useEffect(() => chart.current?.setData(data), [data, span.from, span.to]);
  useEffect(() => chart.current?.redraw(false), [props.marks]);

  const at = index === undefined ? undefined : times[index];
  return (
    <figure className="chart">
      <Legend
        lines={lines}
        index={index}
        format={format}
        formatRight={props.formatRight ?? format}
        when={at === undefined ? undefined : timeText(at, offsets)}
      />
      <div
        ref={box}
        role="img"
        aria-label={`${label}. ${describe(lines, format, props.formatRight ?? format)}`}
      />
      <ChartTable {...props} offsets={offsets} />
    </figure>
  );
}

/** What the curves come to, in words. */
function describe(
  lines: readonly Line[],
  format: (value: number) => string,
  formatRight: (value: number) => string,
): string {
  const texts = lines.map((line) => {
    const known = line.points.filter((point) => point !== null);
    if (known.length === 0) return `${line.name}: nothing recorded`;
    const show = line.right === true ? formatRight : format;
    const highest = known.reduce((most, point) => Math.max(most, point), 0);
    return `${line.name}: highest ${show(highest)}, last ${show(known.at(-1) ?? 0)}`;
  });
  return texts.length === 0 ? 'No lines.' : `${texts.join('; ')}.`;
}
