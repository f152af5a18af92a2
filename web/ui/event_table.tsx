import type { ReactNode } from 'react';
import type { ApiEvent } from '../../src/protocol/api.ts';
import type { View } from '../state/view.ts';
import { clock, grouped, printable, shortFunction } from '../text/show.ts';
import { type Column, DataTable } from './data_table.tsx';
import { SiteLink, Op } from './links.tsx';
import { Name } from './name.tsx';

/** More rows than this nobody reads. */
const ROWS = 200;

/** Events of one key, the newest first. */
export function EventTable(props: {
  readonly events: readonly ApiEvent[];
  readonly left: number;
  readonly view: View;
}): ReactNode {
  const rows = props.events.toSorted((a, b) => (a.time < b.time ? 1 : -1)).slice(0, ROWS);
  const columns: Column<ApiEvent>[] = [
    { name: 'Time', cell: (row) => <span className="num">{clock(Date.parse(row.time), true)}</span> },
    { name: 'Operation', cell: (row) => <Op op={row.op} /> },
    { name: 'Outcome', cell: (row) => outcome(row) },
    {
      name: 'Entries',
      number: true,
      wide: true,
      cell: (row) => (row.len === undefined ? '–' : grouped(row.len)),
    },
    { name: 'Goroutine', wide: true, cell: (row) => <Goroutine event={row} /> },
    {
      name: 'Line',
      cell: (row) => (row.site === undefined ? '–' : <SiteLink site={row.site} view={props.view} />),
    },
  ];
  if (
    rows.some((row) => row.labels !== undefined || row.labels_missing !== undefined || row.labels_unreadable)
  )
    columns.push({ name: 'Request', wide: true, cell: (row) => <Context event={row} /> });
  return (
    <DataTable
      label="Events"
      rows={rows}
      columns={columns}
      keyOf={(row, i) => `${row.time} ${i}`}
      left={props.left + props.events.length - rows.length}
    />
  );
}

/** What an operation did, as far as it is known. */
export function outcome({ op, found, removed }: ApiEvent): string {
  if (op === 'clear') return removed === undefined ? '' : `removed ${grouped(removed)}`;
  if (found === undefined) return '';
  if (op === 'assign') return found ? 'replaced' : 'inserted';
  if (op === 'delete') return found ? 'removed' : 'not there';
  return found ? 'found' : 'not there';
}

export function Goroutine({ event }: { readonly event: ApiEvent }): ReactNode {
  const { goroutine } = event;
  if (goroutine === undefined) return '–';
  return (
    <>
      <span className="num">{goroutine.id}</span>{' '}
      {goroutine.start !== undefined && <bdi className="place">{shortFunction(goroutine.start)}</bdi>}
    </>
  );
}

/** Labels of the goroutine, and the trace that it belonged to. */
function Context({ event }: { readonly event: ApiEvent }): ReactNode {
  const cut = new Set(event.labels_cut);
  const labels = Object.entries(event.labels ?? {}).map(
    ([name, value]) => `${name}=${value}${cut.has(name) ? '…' : ''}`,
  );
  if (event.labels_missing !== undefined) labels.push(`and ${event.labels_missing} more`);
  if (event.labels_unreadable === true) labels.push('<unreadable>');
  return (
    <>
      {labels.length > 0 && <Name text={labels.join(' ')} />}
      {event.trace_id !== undefined && <span className="under">trace {printable(event.trace_id)}</span>}
    </>
  );
}
