import { type Row, TABLES, type TableName } from './tables.ts';

/** Rows of all tables that are to be written at once. */
export class Batch {
  readonly #rows = new Map<TableName, Row[]>();

  add(table: TableName, row: Row): void {
    const rows = this.#rows.get(table);
    if (rows === undefined) this.#rows.set(table, [row]);
    else rows.push(row);
  }

  /** Takes in what came later. */
  append(later: Batch): void {
    for (const [table, rows] of later.tables()) {
      const known = this.#rows.get(table);
      if (known === undefined) this.#rows.set(table, [...rows]);
      else for (const row of rows) known.push(row);
    }
  }

  rows(table: TableName): readonly Row[] {
    return this.#rows.get(table) ?? [];
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  /** Of all tables. */
  get length(): number {
    let length = 0;
    for (const rows of this.#rows.values()) length += rows.length;
    return length;
  }

  /** Table by table. */
  *tables(): Generator<readonly [TableName, readonly Row[]]> {
    for (const name of TABLE_NAMES) {
      const rows = this.#rows.get(name);
      if (rows !== undefined) yield [name, rows];
    }
  }
}

export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];
