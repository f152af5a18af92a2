import { MAP_OPS, type MapOp } from '../protocol/map_op.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { grouped, rate } from '../protocol/text/numbers.ts';
import { layout, row, type Column } from '../protocol/text/table.ts';
import { segment, type Line } from './line.ts';
import { topRows, type TopRow } from './top_rows.ts';
import type { UiState, View } from './ui_state.ts';

const SUBJECT: Readonly<Record<View, string>> = {
  site: 'SITE',
  map: 'MAP',
  type: 'MAP TYPE',
  key: 'KEY PREFIX',
};
const DETAIL: Readonly<Record<View, string>> = {
  site: 'MAP TYPE',
  map: 'BUSIEST SITE',
  type: 'BUSIEST SITE',
  key: 'MAP TYPE',
};

/** The table in at most `height` lines, its heading included. */
export function tableLines(snapshot: Snapshot, ui: UiState, size: TableSize): readonly Line[] {
  const rows = topRows(snapshot, ui);
  const ops = MAP_OPS.filter((op) => rows.some((one) => one.rates.has(op)));
  const many = rows.some((one) => one.pid !== undefined);
  const columns = columnsOf(ui.view, ops, size.width, many);
  const widths = layout(
    columns.map(({ column }) => column),
    size.width,
  );
  const line = (texts: readonly string[]): string =>
    row(
      texts,
      columns.map(({ column }) => column),
      widths,
    );
  const heading = line(columns.map(({ column }) => column.title));
  if (rows.length === 0) return [[segment(heading, 'bold')], [], [segment(nothingText(snapshot, ui), 'dim')]];
  const fitting = Math.max(1, size.height - 1);
  const first = Math.min(ui.scroll, Math.max(0, rows.length - fitting));
  const lines = rows.slice(first, first + fitting).map((one): Line => {
    return [segment(line(columns.map(({ cell }) => cell(one))), one.rate === 0 ? 'dim' : 'plain')];
  });
  return [[segment(heading, 'bold')], ...lines];
}

interface TableSize {
  readonly width: number;
  readonly height: number;
}

interface TopColumn {
  readonly column: Column;
  readonly cell: (one: TopRow) => string;
}

/** A rate for each operation where there is room for all of them; otherwise the busiest operation's name. */
function columnsOf(view: View, ops: readonly MapOp[], width: number, many: boolean): readonly TopColumn[] {
  // Keys are sampled: their numbers are estimates.
  const [perSecond, count] = view === 'key' ? ['≈/SEC', '≈COUNT'] : ['PER SEC', 'COUNT'];
  const numbers: readonly TopColumn[] = [
    { column: { title: perSecond, align: 'right', min: 7, ideal: 7 }, cell: (one) => rate(one.rate) },
    { column: { title: count, align: 'right', min: 9, ideal: 9 }, cell: (one) => grouped(one.count) },
  ];
  const names: readonly TopColumn[] = [
    {
      column: { title: SUBJECT[view], min: view === 'site' ? 46 : 30, ideal: 46, grows: true },
      cell: (one) => one.subject,
    },
    { column: { title: DETAIL[view], min: 18, ideal: 30, grows: true, drop: 1 }, cell: (one) => one.detail },
  ];
  const pid: TopColumn = {
    column: { title: 'PID', align: 'right', min: 7, ideal: 7 },
    cell: (one) => String(one.pid ?? ''),
  };
  const first = many ? [pid, ...numbers] : numbers;
  const apart = [...first, ...ops.map(rateColumn), ...names];
  const needed = apart.reduce((sum, { column }) => sum + column.min + 2, -2);
  if (ops.length > 1 && needed <= width) return apart;
  return [...first, { column: { title: 'OP', min: 8, ideal: 8 }, cell: busiestOp }, ...names];
}

function rateColumn(op: MapOp): TopColumn {
  return {
    column: { title: op.toUpperCase(), align: 'right', min: 7, ideal: 7 },
    cell: (one) => {
      const of = one.rates.get(op);
      return of === undefined ? '' : rate(of);
    },
  };
}

/** `delete`, or `delete+` when there are others too. */
function busiestOp(one: TopRow): string {
  const [first] = [...one.rates].sort(([, a], [, b]) => b - a);
  return `${first?.[0] ?? ''}${one.rates.size > 1 ? '+' : ''}`;
}

function nothingText(snapshot: Snapshot, ui: UiState): string {
  if (ui.filter !== '') return `Nothing matches "${ui.filter}". Escape takes the filter away.`;
  if (ui.view === 'key' && snapshot.key_prefixes === undefined) return 'Sampling keys …';
  return ui.hidden.size > 0 ? 'Nothing so far; some operations are hidden.' : 'Nothing so far.';
}
