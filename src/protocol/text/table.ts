import { fit, widthOf } from './width.ts';

/** A column of a table for people. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Narrower than this it says nothing. */
  readonly min: number;
  /** What it takes to show everything that usually stands there. */
  readonly ideal: number;
  /** Wider still when there is room. */
  readonly grows?: boolean;
  /** On a narrow terminal, the column with the highest number goes first. Absent: it always stays. */
  readonly drop?: number;
}

const GAP = '  ';

/**
 * The width of each column so that all fit into `width`; 0 for a column that is left out. Without a width
 * (a file, a pipe) every column has its ideal one.
 */
export function layout(columns: readonly Column[], width: number | undefined): readonly number[] {
  if (width === undefined) return columns.map((column) => column.ideal);
  const kept = new Set(columns);
  const minimum = (): number =>
    [...kept].reduce((sum, column) => sum + column.min, GAP.length * (kept.size - 1));
  for (const column of byDrop(columns)) if (minimum() > width) kept.delete(column);
  const widths = new Map([...kept].map((column) => [column, column.min]));
  const spare = share(widths, width - minimum(), (column) => column.ideal);
  share(widths, spare, (column) => (column.grows === true ? width : 0));
  return columns.map((column) => widths.get(column) ?? 0);
}

function byDrop(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => column.drop !== undefined).sort((a, b) => (b.drop ?? 0) - (a.drop ?? 0));
}

/** Widens column by column, the narrowest first, up to their limits. Returns what is left. */
function share(widths: Map<Column, number>, spare: number, limit: (column: Column) => number): number {
  for (let left = spare; left > 0; left--) {
    const wanting = [...widths].filter(([column, width]) => width < limit(column));
    if (wanting.length === 0) return left;
    const [column, width] = wanting.reduce((a, b) => (b[1] < a[1] ? b : a));
    widths.set(column, width + 1);
  }
  return 0;
}

/** One line: cells cut and filled to their columns. The last one is not filled; without a limit none is cut. */
export function row(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  cut = true,
): string {
  const shown = cells.flatMap((cell, i) => {
    const width = widths[i] ?? 0;
    if (width === 0) return [];
    const room = cut ? width : Math.max(width, widthOf(cell));
    return [fit(cell, room, columns[i]?.align ?? 'left')];
  });
  return shown.join(GAP).trimEnd();
}

/** The columns with `ideal` (and at most that much `min`) as wide as the widest of their cells. */
export function measured(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly Column[] {
  return columns.map((column, i) => {
    const widest = rows.reduce(
      (most, cells) => Math.max(most, widthOf(cells[i] ?? '')),
      widthOf(column.title),
    );
    return { ...column, ideal: widest, min: Math.min(column.min, widest) };
  });
}

/** A whole table, heading first. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): readonly string[] {
  const fitted = measured(columns, rows);
  const widths = layout(fitted, width);
  const cut = width !== undefined;
  return [fitted.map((column) => column.title), ...rows].map((cells) => row(cells, fitted, widths, cut));
}
