import type { ReactNode } from 'react';
import type { ApiCount, ApiKeyCount, ApiTopMap, ApiTopSite } from '../../src/protocol/api.ts';
import type { View } from '../state/view.ts';
import { bytes, grouped, perSecond } from '../text/show.ts';
import { type Column, DataTable } from './data_table.tsx';
import { KeyLink, MapLink, Op, SiteLink } from './links.tsx';
import { Name } from './name.tsx';
import { OpBar, OpCounts } from './op_bar.tsx';
import { Empty } from './panel.tsx';

interface Sliced {
  readonly view: View;
  /** How much of the time was recorded, milliseconds. */
  readonly recordedMs: number;
}

const most = (rows: readonly { readonly total: number }[]): number =>
  rows.reduce((highest, { total }) => Math.max(highest, total), 0);

const rateIn = (ms: number, total: number): string => (ms > 0 ? perSecond((total * 1000) / ms) : '–');

/** Lines of the program, the busiest first. `typed`: with the map's type, where it is not the same for all. */
export function TopSites(
  props: Sliced & {
    readonly label: string;
    readonly sites: readonly ApiTopSite[];
    readonly left?: number;
    readonly typed?: boolean;
  },
): ReactNode {
  const { sites, view, left = 0, typed = true } = props;
  if (sites.length === 0) return <Empty>No operation came from a line that is known, in this time.</Empty>;
  const highest = most(sites);
  const columns: Column<ApiTopSite>[] = [
    {
      name: 'Line',
      head: true,
      cell: (row) => (
        <>
          <SiteLink site={row.site} view={view} />
          {typed && row.map_type !== undefined && (
            <span className="under">
              <Name text={row.map_type} />
            </span>
          )}
          <Small counts={row.counts} />
        </>
      ),
    },
    {
      name: 'Operations',
      wide: true,
      cell: (row) => (
        <>
          <OpBar counts={row.counts} most={highest} />
          <OpCounts counts={row.counts} />
        </>
      ),
    },
    { name: 'Rate', number: true, cell: (row) => rateIn(props.recordedMs, row.total) },
    { name: 'Total', number: true, cell: (row) => grouped(row.total) },
  ];
  return (
    <DataTable
      label={props.label}
      rows={sites}
      columns={columns}
      left={left}
      keyOf={(row, i) => `${row.site.id} ${row.process} ${row.map_type ?? ''} ${i}`}
    />
  );
}

/** Maps, the busiest first. */
export function TopMaps(
  props: Sliced & {
    readonly label: string;
    readonly maps: readonly ApiTopMap[];
    readonly left?: number;
  },
): ReactNode {
  const { maps, view, left = 0 } = props;
  if (maps.length === 0) return <Empty>No map was touched in this time.</Empty>;
  const highest = most(maps);
  const columns: Column<ApiTopMap>[] = [
    {
      name: 'Map',
      head: true,
      cell: (row) => (
        <>
          <MapLink map={row} view={view} />
          <Small counts={row.counts} />
        </>
      ),
    },
    {
      name: 'Operations',
      wide: true,
      cell: (row) => (
        <>
          <OpBar counts={row.counts} most={highest} />
          <OpCounts counts={row.counts} />
        </>
      ),
    },
    { name: 'Entries', number: true, cell: sizeOf },
    { name: 'Rate', number: true, cell: (row) => rateIn(props.recordedMs, row.total) },
  ];
  return (
    <DataTable
      label={props.label}
      rows={maps}
      columns={columns}
      left={left}
      keyOf={(row, i) => `${row.map ?? ''} ${row.map_type} ${row.process} ${i}`}
    />
  );
}

/** The operations, where there is no room for their column. */
function Small({ counts }: { readonly counts: readonly ApiCount[] }): ReactNode {
  return (
    <span className="small-only">
      <OpCounts counts={counts} />
    </span>
  );
}

/** As it was found last. */
function sizeOf({ entries, bytes: size, waste_bytes: waste }: ApiTopMap): ReactNode {
  if (entries === undefined) return '–';
  return (
    <>
      {grouped(entries)}
      {size !== undefined && (
        <span className="under" {...(waste === undefined ? {} : { title: `of it ${bytes(waste)} waste` })}>
          {bytes(size)}
        </span>
      )}
    </>
  );
}

/** Keys of sampled events, those that were touched most first. */
export function TopKeys(props: {
  readonly label: string;
  readonly keys: readonly ApiKeyCount[];
  readonly view: View;
  readonly about: Partial<View>;
}): ReactNode {
  if (props.keys.length === 0)
    return (
      <Empty>
        No keys: either nothing was sampled in this time, or keys are not captured, to stay within the budget
        or because the service was told so.
      </Empty>
    );
  const highest = props.keys.reduce((top, { sampled }) => Math.max(top, sampled), 0);
  return (
    <DataTable
      label={props.label}
      rows={props.keys}
      keyOf={(row, i) => `${row.op} ${row.key} ${i}`}
      columns={[
        {
          name: 'Key',
          head: true,
          cell: (row) => <KeyLink text={row.key} view={props.view} about={props.about} />,
        },
        { name: 'Operation', cell: (row) => <Op op={row.op} /> },
        {
          name: 'Share',
          wide: true,
          cell: (row) => <OpBar counts={[{ op: row.op, count: row.sampled }]} most={highest} />,
        },
        { name: 'Sampled', number: true, cell: (row) => grouped(row.sampled) },
      ]}
    />
  );
}
