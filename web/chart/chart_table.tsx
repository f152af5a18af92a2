import { type ReactNode, useState } from 'react';
import { Name } from '../ui/name.tsx';
import type { ChartProps } from './chart.tsx';
import { timeText } from './options.ts';

/** More rows than this nobody reads; the newest are shown. */
const ROWS = 200;

/** The numbers of a chart, for who cannot see it or wants to copy them. Made only while it is open. */
export function ChartTable({ label, times, lines, format, formatRight, offsets }: ChartProps): ReactNode {
  const [open, setOpen] = useState(false);
  const rows = times
    .map((at, i) => ({ at, i }))
    .slice(-ROWS)
    .reverse();
  return (
    <details className="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        <div className="scroll" tabIndex={0} role="group" aria-label={`${label}, as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {lines.map((line) => (
                  <th scope="col" className="num" key={line.name}>
                    <Name text={line.name} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ at, i }) => (
                <tr key={at}>
                  <th scope="row" className="num">
                    {timeText(at, offsets === true)}
                  </th>
                  {lines.map((line) => (
                    <td className="num" key={line.name}>
                      {cell(line.points[i], line.right === true ? (formatRight ?? format) : format)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {times.length > ROWS && (
            <p className="note">
              The newest {ROWS} of {times.length} points.
            </p>
          )}
        </div>
      )}
    </details>
  );
}

const cell = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? 'not recorded' : format(value);
