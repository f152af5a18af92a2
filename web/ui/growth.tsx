import type { ReactNode } from 'react';
import type { ApiGrowth } from '../../src/protocol/api.ts';
import type { View } from '../state/view.ts';
import { grouped, moment, printable } from '../text/show.ts';
import { DataTable } from './data_table.tsx';
import { SiteLink } from './links.tsx';
import { Empty } from './panel.tsx';

/** `850 ns`, `12 µs`, `1.4 ms` */
export function shortTime(ns: number): string {
  if (ns < 1000) return `${ns} ns`;
  if (ns < 1e6) return `${(ns / 1000).toFixed(ns < 1e4 ? 1 : 0)} µs`;
  return `${(ns / 1e6).toFixed(ns < 1e7 ? 1 : 0)} ms`;
}

interface GrowthProps {
  readonly growth: readonly ApiGrowth[];
  readonly left: number;
  readonly view: View;
}

/** Each time that the map became another size, the newest first, and the line that caused it. */
export function Growth({ growth, left, view }: GrowthProps): ReactNode {
  if (growth.length === 0) return <Empty>It did not grow in this time.</Empty>;
  return (
    <DataTable
      label="Growth"
      rows={growth.toSorted((a, b) => b.at - a.at)}
      left={left}
      keyOf={(row, i) => `${row.at} ${i}`}
      columns={[
        {
          name: 'Time',
          cell: (row) => (
            <span className="num">{moment(row.at, view.range.type === 'span' ? view.range.to : row.at)}</span>
          ),
        },
        { name: 'What', cell: (row) => row.op },
        { name: 'Why', cell: (row) => (row.trigger === undefined ? '–' : printable(row.trigger)) },
        { name: 'Entries', number: true, cell: (row) => number(row.len) },
        {
          name: 'From, to',
          number: true,
          wide: true,
          cell: (row) => (row.to === undefined ? '–' : `${number(row.from)} → ${number(row.to)}`),
        },
        {
          name: 'Took',
          number: true,
          wide: true,
          cell: (row) => (row.duration_ns === undefined ? '–' : shortTime(row.duration_ns)),
        },
        {
          name: 'Line',
          cell: (row) => (row.site === undefined ? '–' : <SiteLink site={row.site} view={view} />),
        },
      ]}
    />
  );
}

const number = (n: number | undefined): string => (n === undefined ? '–' : grouped(n));
