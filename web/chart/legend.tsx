import type { ReactNode } from 'react';
import { Name } from '../ui/name.tsx';
import type { Line } from './options.ts';

interface LegendProps {
  readonly lines: readonly Line[];
  /** The point under the mouse. */
  readonly index: number | undefined;
  readonly when: string | undefined;
  readonly format: (value: number) => string;
  readonly formatRight: (value: number) => string;
}

/** What each line is, with its value under the mouse, else its last one. */
export function Legend({ lines, index, when, format, formatRight }: LegendProps): ReactNode {
  return (
    <figcaption className="legend">
      {lines.map((line) => {
        const value = index === undefined ? last(line) : line.points[index];
        const show = line.right === true ? formatRight : format;
        return (
          <span key={line.name} className="legend-item">
            <Swatch color={line.color} dash={line.dash ?? []} />
            <Name text={line.name} />
            <span className="num value">{value === undefined || value === null ? '–' : show(value)}</span>
          </span>
        );
      })}
      <span className="legend-when num" aria-hidden="true">
        {when ?? ''}
      </span>
    </figcaption>
  );
}

const last = (line: Line): number | undefined => line.points.filter((point) => point !== null).at(-1);

/** A piece of the line as the chart draws it. */
export function Swatch({
  color,
  dash,
}: {
  readonly color: string;
  readonly dash: readonly number[];
}): ReactNode {
  return (
    <svg className={`swatch ink-${color}`} viewBox="0 0 20 8" width="20" height="8" aria-hidden="true">
      <line
        x1="0"
        y1="4"
        x2="20"
        y2="4"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeDasharray={dash.join(' ')}
      />
    </svg>
  );
}
