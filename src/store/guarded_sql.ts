import { type DuckDBConnection, type DuckDBInstance, StatementType } from '@duckdb/node-api';
import { MapauditError, messageOf } from '../base/errors.ts';
import { kindOf, plainValue } from './duck_values.ts';
import type { SqlTable, SqlValue } from './sql_reader.ts';
import { forbiddenCall } from './sql_tree.ts';
import type { SqlLimits } from './store.ts';

const ROWS = 10_000;
const MS = 10_000;
/** Characters that a statement, one cell, and all cells together may have. */
const LONGEST_TEXT = 64 * 1024;
const LONGEST_CELL = 1024 * 1024;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Rows beyond those that are given out, which are only counted. */
const MOST_COUNTED = 5_000_000;

/**
 * Runs one statement of somebody else, which may read and nothing more. Four things see to that, each by itself: the
 * whole instance opens no other file, its transaction is one that only reads, DuckDB says that it is one SELECT, and
 * the tree that DuckDB parses it to calls no function that does more than compute.
 */
export async function runSql(
  instance: DuckDBInstance,
  text: string,
  { rows = ROWS, ms = MS }: Partial<SqlLimits>,
): Promise<SqlTable> {
  const connection = await instance.connect();
  const end = performance.now() + ms;
  const timer = setTimeout(() => connection.interrupt(), ms);
  try {
    await checkStatement(connection, text);
    await connection.run('BEGIN TRANSACTION READ ONLY');
    return await run(connection, text, rows, () => performance.now() > end);
  } catch (error) {
    throw sqlError(error, ms);
  } finally {
    clearTimeout(timer);
    connection.closeSync();
  }
}

async function checkStatement(connection: DuckDBConnection, text: string): Promise<void> {
  if (text.length > LONGEST_TEXT) throw notAllowed(`it is longer than ${LONGEST_TEXT} characters`);
  if (text.includes('\0')) throw notAllowed('there is a character 0 in it');
  const { count } = await connection.extractStatements(text);
  if (count !== 1) throw notAllowed(count === 0 ? 'there is no statement' : `there are ${count} statements`);
  const tree = await treeOf(connection, text);
  const called = forbiddenCall(tree);
  if (called !== undefined) throw notAllowed(`${called} does more than read the store`);
  const prepared = await (await connection.extractStatements(text)).prepare(0);
  try {
    if (prepared.statementType !== StatementType.SELECT)
      throw notAllowed(`${StatementType[prepared.statementType]} is no statement that only reads`);
    if (prepared.parameterCount > 0) throw notAllowed('it has parameters, and there are no values for them');
  } finally {
    prepared.destroySync();
  }
}

/** As DuckDB parses it. Nothing but a SELECT has such a tree. */
async function treeOf(connection: DuckDBConnection, text: string): Promise<unknown> {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  const result = await connection.run(`SELECT json_serialize_sql(${quoted}, skip_empty := true)`);
  const [row] = await result.getRows();
  const tree = JSON.parse(String(row?.[0])) as {
    error?: boolean;
    error_message?: string;
    error_type?: string;
  };
  if (tree.error !== true) return tree;
  if (tree.error_type === 'parser') throw new Error(tree.error_message ?? 'it cannot be parsed');
  throw notAllowed('it is no statement that only reads');
}

async function run(
  connection: DuckDBConnection,
  text: string,
  most: number,
  isOver: () => boolean,
): Promise<SqlTable> {
  const result = await connection.stream(text);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, i) => {
    const type = types[i];
    return { name, kind: type === undefined ? ('text' as const) : kindOf(type) };
  });
  const rows: (readonly SqlValue[])[] = [];
  let [left, characters] = [0, 0];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, left };
    if (isOver()) throw new Error('INTERRUPT');
    const room = Math.min(chunk.rowCount, Math.max(0, most - rows.length));
    if (room > 0)
      for (const row of chunk.getRows().slice(0, room)) {
        const plain = row.map(plainValue);
        for (const cell of plain) characters += cellLength(cell);
        if (characters > MOST_CHARACTERS) throw tooLarge('the result is larger than 16 MB');
        rows.push(plain);
      }
    left += chunk.rowCount - room;
    if (left > MOST_COUNTED) throw tooLarge(`the result has more than ${MOST_COUNTED} rows`);
  }
}

function cellLength(cell: SqlValue): number {
  if (typeof cell !== 'string') return 8;
  if (cell.length > LONGEST_CELL) throw tooLarge('a cell is longer than 1 MB');
  return cell.length;
}

function sqlError(error: unknown, ms: number): unknown {
  if (error instanceof MapauditError) return error;
  const text = messageOf(error);
  if (/INTERRUPT/.test(text))
    return new MapauditError('sql-timeout', `the statement took longer than ${ms / 1000} s`, {
      hint: 'Ask for less time or fewer columns, or aggregate.',
    });
  if (/Out of Memory/i.test(text)) return tooLarge('the statement needs more memory than it may have', error);
  return new MapauditError('sql', text.replace(/^Failed to \w+ \w+: /, '').replace(/^\w+ Error: /, ''), {
    hint: 'Its tables and views are in docs/store.md.',
    cause: error,
  });
}

const notAllowed = (why: string): MapauditError =>
  new MapauditError('sql-not-allowed', `not allowed: ${why}`, {
    hint: "One statement that reads: SELECT … FROM operations_by_minute WHERE op = 'delete'.",
  });

const tooLarge = (message: string, cause?: unknown): MapauditError =>
  new MapauditError('sql-too-large', message, { hint: 'Aggregate, or add LIMIT.', cause });
