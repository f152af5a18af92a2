import type { ApiTable } from '../../protocol/api.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { uncountedText } from '../../protocol/text/uncounted.ts';
import { widthOf } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';

/** Columns of text are cut at this width; --json has them whole. */
const WIDEST = 100;

/** A table as text: numbers to the right, times in UTC, `-` for what is not known. */
export function tableText(
  { columns, rows, left, uncounted = [] }: ApiTable,
  style: Style,
): readonly string[] {
  const head = columns.map(({ name }) => printable(name).toUpperCase());
  const cells = rows.map((row) => columns.map(({ kind }, i) => cellText(row[i] ?? null, kind)));
  const widths = columns.map((_, i) => Math.max(...[head, ...cells].map((row) => widthOf(row[i] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - widthOf(text));
        return columns[i]?.kind === 'number' ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  const lines =
    rows.length === 0 ? ['Nothing of that is in the store.'] : [style.bold(line(head)), ...cells.map(line)];
  if (left > 0)
    lines.push('', style.dim(`… and ${counted(left, 'row', 'rows')} more: top N or LIMIT N shows them.`));
  if (uncounted.length > 0)
    lines.push(
      '',
      `${style.warn('Not counted, to keep to the budget:')} ${printable(uncountedText(uncounted))}. Counts are of the rest, rates over it.`,
    );
  return lines;
}

function cellText(cell: string | number | boolean | null, kind: ApiTable['columns'][number]['kind']): string {
  if (cell === null) return '-';
  if (kind === 'time' && typeof cell === 'number' && Math.abs(cell) <= 8.64e15)
    return new Date(cell)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.000Z$/, 'Z');
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell.toLocaleString('en-US') : String(cell);
  const text = printable(String(cell));
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
