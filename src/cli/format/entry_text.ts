import type { InspectedEntry, InspectedValue } from '../../protocol/inspect.ts';
import { printable } from '../../protocol/text/printable.ts';
import { type Column, layout, measured, row } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';
import { slotLabel } from './slot_label.ts';

const COLUMNS: readonly Column[] = [
  { title: 'KEY', min: 12, ideal: 12 },
  { title: '→ VALUE', min: 20, ideal: 20 },
  { title: 'SLOT', min: 24, ideal: 24 },
];
/** Where there is no terminal, a long key or value does not push the columns of all others away. */
const WIDEST = [40, 72, 24];

/** Entries as aligned lines, the heading before the first. */
export class EntryText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  #columns: readonly Column[] | undefined;
  #widths: readonly number[] = [];
  #laidOutFor: number | undefined | 'never' = 'never';

  constructor(style: Style, width: () => number | undefined) {
    this.#style = style;
    this.#width = width;
  }

  /** Columns are as wide as the first entries need them. */
  lines(entries: readonly InspectedEntry[]): readonly string[] {
    if (entries.length === 0) return [];
    const rows = entries.map(cells);
    const lines = this.#heading(rows);
    const cut = this.#laidOutFor !== undefined;
    for (const one of rows) lines.push(row(one, this.#columns ?? COLUMNS, this.#widths, cut));
    return lines;
  }

  #heading(rows: readonly (readonly string[])[]): string[] {
    const width = this.#width();
    if (width === this.#laidOutFor) return [];
    this.#laidOutFor = width;
    this.#columns ??= measured(COLUMNS, rows).map((column, i) =>
      width === undefined ? { ...column, ideal: Math.min(column.ideal, WIDEST[i] ?? column.ideal) } : column,
    );
    this.#widths = layout(this.#columns, width);
    const titles = this.#columns.map((column) => column.title);
    return [this.#style.bold(row(titles, this.#columns, this.#widths))];
  }
}

const cells = ({ key, value, slot }: InspectedEntry): string[] => [
  valueText(key),
  `→ ${valueText(value)}`,
  slotLabel(slot),
];

/** A value as it may be shown on a terminal. Where it could not be read it has `…`, as where it was cut. */
export function valueText({ text, unreadable }: InspectedValue): string {
  return printable(unreadable === true ? `${text} (unreadable)` : text);
}
