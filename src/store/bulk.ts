import { setImmediate as turn } from 'node:timers/promises';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBConnection,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { type Cell, type ColumnType, type Row, TABLES, type TableName } from './tables.ts';

/**
 * Rows that are handed over, and taken into the table, at once: as many as a vector of DuckDB holds, for a flush of fewer
 * takes as long.
 */
const CHUNK = 2048;
/** After so long others have their turn. */
const TURN_MS = 1;

const TYPES: Readonly<Record<ColumnType, DuckDBType>> = {
  INTEGER,
  BIGINT,
  DOUBLE,
  VARCHAR,
  BOOLEAN,
};

/** Appends rows in bulk, within the transaction that is open. */
export async function appendRows(
  connection: DuckDBConnection,
  table: TableName,
  rows: readonly Row[],
): Promise<void> {
  await appendTo(connection, table, Object.values(TABLES[table]), rows);
}

/** The same for any table, by the types of its columns. Nothing else may use the connection until it is done. */
export async function appendTo(
  connection: DuckDBConnection,
  table: string,
  columns: readonly ColumnType[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const types = columns.map((column) => TYPES[column]);
  const appender = await connection.createAppender(table);
  const turns = new Slices(TURN_MS);
  try {
    for (let from = 0; from < rows.length; from += CHUNK) {
      const part = rows.slice(from, from + CHUNK);
      const chunk = DuckDBDataChunk.create(types, part.length);
      for (const [i, type] of columns.entries()) {
        chunk.setColumnValues(i, column(part, i, type));
        await turns.next();
      }
      appender.appendDataChunk(chunk);
      await turn();
      appender.flushSync();
      await turns.next();
    }
  } finally {
    appender.closeSync();
  }
}

/** Lets others have their turn where the last was long enough ago. */
class Slices {
  readonly #ms: number;
  #since = performance.now();

  constructor(ms: number) {
    this.#ms = ms;
  }

  async next(): Promise<void> {
    if (performance.now() - this.#since < this.#ms) return;
    await turn();
    this.#since = performance.now();
  }
}

function column(rows: readonly Row[], index: number, type: ColumnType): Cell[] {
  const isBig = type === 'BIGINT';
  return rows.map((row) => {
    const cell = row[index] ?? null;
    return isBig && typeof cell === 'number' ? BigInt(cell) : cell;
  });
}
