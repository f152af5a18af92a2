import type { TraceEvent } from '../../protocol/event.ts';
import type { MapOp } from '../../model/map_op.ts';
import { layout, row, type Column } from '../../protocol/text/table.ts';
import { widthOf } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';
import { eventCells, labelLines, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';
import { traceColumns } from './trace_columns.ts';

/** Columns of files grow up to this. */
const WIDEST = 56;

/** What decides which columns there are. */
export interface TraceLayout {
  readonly selection: { readonly type: string };
  readonly filters: { readonly ops: readonly MapOp[] };
}

/** Events as aligned lines. The heading comes before the first event, and again when the terminal's width changes. */
export class TraceText {
  readonly #columns: readonly Column[];
  readonly #withPid: boolean;
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #time = new LocalTime();
  #widths: readonly number[] = [];
  #laidOutFor: number | undefined | 'never' = 'never';

  constructor(options: TraceLayout, style: Style, width: () => number | undefined) {
    this.#withPid = options.selection.type !== 'pid';
    this.#columns = traceColumns(options.filters.ops, this.#withPid);
    this.#style = style;
    this.#width = width;
  }

  /** The lines of one event: a heading where one is due, the event, its labels, its stack. */
  lines(event: TraceEvent): readonly string[] {
    const lines = this.#heading();
    const cells = eventCells(event, this.#time, this.#withPid);
    const cut = this.#laidOutFor !== undefined;
    if (!cut) this.#widen(cells);
    lines.push(this.#style.op[event.op](row(cells, this.#columns, this.#widths, cut)));
    lines.push(...labelLines(event, this.#style, this.#width()));
    if (event.stack !== undefined) lines.push(...stackLines(event.stack, this.#style, this.#width()));
    return lines;
  }

  /** In a file or pipe nothing is cut: a column is from then on as wide as what it had to hold. */
  #widen(cells: readonly string[]): void {
    this.#widths = this.#widths.map((width, i) => Math.max(width, Math.min(WIDEST, widthOf(cells[i] ?? ''))));
  }

  #heading(): string[] {
    const width = this.#width();
    if (width === this.#laidOutFor) return [];
    this.#laidOutFor = width;
    this.#widths = layout(this.#columns, width);
    const titles = this.#columns.map((column) => column.title);
    return [this.#style.bold(row(titles, this.#columns, this.#widths))];
  }
}
