import { type ReactNode, useMemo } from 'react';
import type { ApiRates } from '../../src/protocol/api.ts';
import { Chart } from '../chart/chart.tsx';
import type { Line } from '../chart/options.ts';
import { compared, type Compared, overlay } from '../state/compare.ts';
import { justBefore, marked } from '../state/moves.ts';
import { useAnswer } from '../state/use_answer.ts';
import { useChange } from '../state/use_view.ts';
import { COMPARED, fragmentOf, type Span, type View } from '../state/view.ts';
import { lasting, moment, perSecond, printable } from '../text/show.ts';
import { DataTable } from '../ui/data_table.tsx';
import { Op, SiteLink } from '../ui/links.tsx';
import { Name } from '../ui/name.tsx';
import { Answer, Empty, Panel } from '../ui/panel.tsx';
import { SpanForm } from '../ui/range_bar.tsx';
import { type PageProps, sliceParams, timeParams } from './page.ts';

/** More lines than anybody compares; what is beyond is said. */
const LIMIT = 200;

const BY_TEXT = { site: 'Line', map_type: 'Map type', op: 'Operation' } as const;

/** Two ranges of time beside each other: what became more, what became less. */
export function ComparePage({ view, span }: PageProps): ReactNode {
  const before = view.before ?? justBefore(span);
  const by = view.by ?? 'site';
  const fixed = { ...sliceParams(view), by, limit: LIMIT };
  const a = useAnswer('rates', fixed, timeParams(before));
  const b = useAnswer('rates', fixed, timeParams(span));
  return (
    <>
      <h1 className="unseen">Compare two ranges</h1>
      <Ranges view={view} before={before} after={span} />
      <Answer of={a}>
        {(was) => (
          <Answer of={b}>
            {(is) => <Both view={view} before={before} after={span} was={was} is={is} />}
          </Answer>
        )}
      </Answer>
    </>
  );
}

interface BothProps {
  readonly view: View;
  readonly before: Span;
  readonly after: Span;
}

/** Which two; the later one is the range of the page. */
function Ranges({ view, before, after }: BothProps): ReactNode {
  const change = useChange(view);
  return (
    <div className="ranges">
      <p>
        <span className="side-mark before" aria-hidden="true" /> <strong>Before</strong>{' '}
        <span className="num">
          {moment(before.from)} – {moment(before.to, before.from)}
        </span>{' '}
        <span className="note">
          {lasting(before.to - before.from)}
          {view.before === undefined ? ', just before' : ''}
        </span>
      </p>
      <p>
        <span className="side-mark after" aria-hidden="true" /> <strong>After</strong>{' '}
        <span className="num">
          {moment(after.from)} – {moment(after.to, after.from)}
        </span>{' '}
        <span className="note">{lasting(after.to - after.from)}, the range above</span>
      </p>
      <details className="span" key={`${before.from} ${before.to}`}>
        <summary>Choose what is before</summary>
        <SpanForm span={before} onSpan={(given) => change({ before: given })} />
      </details>
      {view.range.type === 'last' ? (
        <button type="button" onClick={() => change({ range: { type: 'span', ...after }, before })}>
          Hold both
        </button>
      ) : (
        view.before !== undefined && (
          <button type="button" onClick={() => change({ before: undefined })}>
            Just before
          </button>
        )
      )}
    </div>
  );
}

function Both(props: BothProps & { readonly was: ApiRates; readonly is: ApiRates }): ReactNode {
  const { view, before, after, was, is } = props;
  const change = useChange(view);
  const by = view.by ?? 'site';
  const rows = useMemo(() => compared(was, is), [was, is]);
  const picked = rows.find(({ id }) => id === view.pick);
  if (rows.length === 0) return <Empty>Nothing was recorded in either range. Take longer ones.</Empty>;
  return (
    <>
      <Panel
        title={picked === undefined ? 'All operations' : printable(picked.name)}
        note="per second, one over the other"
      >
        <Overlay
          {...props}
          pick={picked?.id}
          onSpan={(span) => change({ range: marked(span), before: undefined })}
        />
        {picked !== undefined && (
          <button type="button" onClick={() => change({ pick: undefined }, true)}>
            Show all operations
          </button>
        )}
      </Panel>
      <Panel title="What changed" note="operations per second, exact; the largest change first">
        <div className="segments" role="group" aria-label="A row for each">
          {COMPARED.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={by === one}
              onClick={() => change({ by: one, pick: undefined })}
            >
              {BY_TEXT[one]}
            </button>
          ))}
        </div>
        <ChangeTable rows={rows} view={view} />
        {was.other + is.other > 0 && (
          <p className="note">
            Beyond these rows: {perSecond((was.other * 1000) / (before.to - before.from))} before,{' '}
            {perSecond((is.other * 1000) / (after.to - after.from))} after.
          </p>
        )}
      </Panel>
    </>
  );
}

function Overlay(
  props: BothProps & {
    readonly was: ApiRates;
    readonly is: ApiRates;
    readonly pick: string | undefined;
    readonly onSpan: (span: Span) => void;
  },
): ReactNode {
  const { before, after, was, is, pick } = props;
  const { times, lines } = useMemo(() => {
    const a = overlay(was, before, pick);
    const b = overlay(is, after, pick);
    const offsets = [...new Set([...a.keys(), ...b.keys()])].toSorted((x, y) => x - y);
    const made: Line[] = [
      { name: 'before', color: 'before', dash: [5, 3], points: offsets.map((at) => a.get(at) ?? null) },
      { name: 'after', color: 'after', points: offsets.map((at) => b.get(at) ?? null) },
    ];
    return { times: offsets, lines: made };
  }, [was, is, pick]);
  return (
    <Chart
      label="Operations per second before and after, over the time since each range began"
      times={times}
      lines={lines}
      span={{ from: 0, to: Math.max(before.to - before.from, after.to - after.from) }}
      format={perSecond}
      offsets
      onSpan={({ from, to }) => props.onSpan({ from: after.from + from, to: after.from + to })}
    />
  );
}

function ChangeTable({ rows, view }: { readonly rows: readonly Compared[]; readonly view: View }): ReactNode {
  const most = rows.reduce((highest, { change }) => Math.max(highest, Math.abs(change)), 0);
  return (
    <DataTable
      label="What changed"
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { name: BY_TEXT[view.by ?? 'site'], head: true, cell: (row) => <What row={row} view={view} /> },
        { name: 'Before', number: true, cell: (row) => perSecond(row.before) },
        { name: 'After', number: true, cell: (row) => perSecond(row.after) },
        { name: 'Change', number: true, cell: (row) => changeText(row) },
        { name: 'Times', number: true, wide: true, cell: (row) => factorText(row) },
        { name: 'Less, more', wide: true, cell: (row) => <ChangeBar change={row.change} most={most} /> },
        {
          name: 'Chart',
          cell: (row) => (
            <a
              href={fragmentOf({ ...view, pick: row.id })}
              aria-current={view.pick === row.id ? 'true' : undefined}
            >
              show
              <span className="unseen"> the chart of {printable(row.name)}</span>
            </a>
          ),
        },
      ]}
    />
  );
}

function What({ row, view }: { readonly row: Compared; readonly view: View }): ReactNode {
  const { site, op } = row.series;
  if (site !== undefined) return <SiteLink site={site} view={view} />;
  if (op !== undefined) return <Op op={op} />;
  return <Name text={row.name} />;
}

const changeText = ({ change }: Compared): string =>
  Math.abs(change) < 0.05 ? '0' : `${change > 0 ? '+' : '−'}${perSecond(Math.abs(change))}`;

function factorText({ before, after, factor }: Compared): string {
  if (factor === undefined) return 'new';
  if (after === 0) return 'gone';
  if (before === after) return '=';
  return `×${factor >= 10 ? Math.round(factor).toLocaleString('en-US') : factor.toFixed(2)}`;
}

/** To the right what became more, to the left what became less. */
function ChangeBar({ change, most }: { readonly change: number; readonly most: number }): ReactNode {
  const width = most === 0 ? 0 : (Math.abs(change) / most) * 50;
  return (
    <svg className="op-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="rail" x="0" y="0" width="100" height="8" />
      <rect
        className={change > 0 ? 'more' : 'fewer'}
        x={change > 0 ? 50 : 50 - width}
        y="0"
        width={width}
        height="8"
      />
      <rect className="middle" x="49.7" y="0" width="0.6" height="8" />
    </svg>
  );
}
