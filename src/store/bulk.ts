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

/** Rows that are handed over at once: a millisecond or two, after which others have their turn. */
const CHUNK = 256;
/** Rows that are taken into the table at once. */
const FLUSH_ROWS = 512;

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
  try {
    for (let from = 0; from < rows.length; from += CHUNK) {
      if (from > 0) await turn();
      if (from > 0 && from % FLUSH_ROWS === 0) {
        appender.flushSync();
        await turn();
      }
      const part = rows.slice(from, from + CHUNK);
      const chunk = DuckDBDataChunk.create(types, part.length);
      for (const [i, type] of columns.entries()) chunk.setColumnValues(i, column(part, i, type));
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function column(rows: readonly Row[], index: number, type: ColumnType): Cell[] {
  const isBig = type === 'BIGINT';
  return rows.map((row) => {
    const cell = row[index] ?? null;
    return isBig && typeof cell === 'number' ? BigInt(cell) : cell;
  });
}
