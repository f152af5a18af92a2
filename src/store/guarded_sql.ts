import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBInstance,
  StatementType,
} from '@duckdb/node-api';
import { MapauditError, messageOf } from '../base/errors.ts';
import { kindOf, plainValue } from './duck_values.ts';
import { interruptible, nobodyWaits } from './interrupt.ts';
import type { SqlTable, SqlValue } from './sql_reader.ts';
import { forbiddenCall } from './sql_tree.ts';
import type { SqlLimits } from './store.ts';
import type { Turns } from './turns.ts';

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
 * the tree that DuckDB parses it to calls no function but those that compute, at once and nothing large. The time
 * that it waits for its turn counts.
 */
export async function runSql(
  instance: () => DuckDBInstance,
  text: string,
  { rows = ROWS, ms = MS, signal }: Partial<SqlLimits>,
  turns: Turns,
): Promise<SqlTable> {
  const end = performance.now() + ms;
  const isOver = (): boolean => performance.now() > end || signal?.aborted === true;
  if (!(await turns.take(ms, signal))) throw signal?.aborted === true ? nobodyWaits() : noTurn(ms);
  try {
    return await runUntil(isOver, await instance().connect(), text, rows);
  } catch (error) {
    throw signal?.aborted === true ? nobodyWaits() : sqlError(error, ms);
  } finally {
    turns.done();
  }
}

async function runUntil(
  isOver: () => boolean,
  connection: DuckDBConnection,
  text: string,
  rows: number,
): Promise<SqlTable> {
  try {
    return await interruptible(connection, isOver, async () => {
      if (isOver()) throw new Error('INTERRUPT');
      await checkStatement(connection, text);
      await connection.run('BEGIN TRANSACTION READ ONLY');
      if (isOver()) throw new Error('INTERRUPT');
      return await run(connection, text, rows, isOver);
    });
  } finally {
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
  if (called !== undefined)
    throw notAllowed(
      `${called} is none of the functions that a statement may call`,
      'Functions that compute are: docs/store.md. Parts of a text: regexp_extract, substr.',
    );
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
      for (const plain of plainRows(chunk, room)) {
        for (const cell of plain) characters += cellLength(cell);
        if (characters > MOST_CHARACTERS) throw tooLarge('the result is larger than 16 MB');
        rows.push(plain);
      }
    left += chunk.rowCount - room;
    if (left > MOST_COUNTED) throw tooLarge(`the result has more than ${MOST_COUNTED} rows`);
  }
}

/** Row by row, so that not more is copied of a large result than may be given out. */
function* plainRows(chunk: DuckDBDataChunk, most: number): Generator<readonly SqlValue[]> {
  const columns = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
  for (let row = 0; row < most; row++) yield columns.map((column) => plainValue(column.getItem(row)));
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

const notAllowed = (
  why: string,
  hint = "One statement that reads: SELECT … FROM operations_by_minute WHERE op = 'delete'.",
): MapauditError => new MapauditError('sql-not-allowed', `not allowed: ${why}`, { hint });

const noTurn = (ms: number): MapauditError =>
  new MapauditError('sql-busy', `other statements ran for ${ms / 1000} s: this one had no turn`, {
    hint: 'Two run at once. Ask again in a moment.',
  });

const tooLarge = (message: string, cause?: unknown): MapauditError =>
  new MapauditError('sql-too-large', message, { hint: 'Aggregate, or add LIMIT.', cause });
