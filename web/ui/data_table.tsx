import type { ReactNode } from 'react';
import { printable } from '../text/show.ts';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  readonly number?: boolean;
  /** Left out where there is little room. */
  readonly wide?: boolean;
  /** The cell that names the row. */
  readonly head?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row, index: number) => string;
  /** How many there are beyond these. */
  readonly left?: number;
}

/** Rows and columns, numbers to the right, on a narrow page with the columns that matter. */
export function DataTable<Row>({ label, rows, columns, keyOf, left = 0 }: TableProps<Row>): ReactNode {
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={label}>
      <table className="data">
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column.name} className={classOf(column)}>
                {printable(column.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={keyOf(row, i)}>
              {columns.map((column) =>
                column.head === true ? (
                  <th scope="row" key={column.name} className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.name} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="note more">and {left.toLocaleString('en-US')} more</p>}
    </div>
  );
}

const classOf = <Row,>(column: Column<Row>): string =>
  [
    column.number === true ? 'num' : '',
    column.wide === true ? 'wide' : '',
    column.head === true ? 'head' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
