import { DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api';
import { MapauditError, messageOf } from '../base/errors.ts';
import { kindOf, plainValue } from './duck_values.ts';
import type { SqlTable, SqlValue } from './sql_reader.ts';
import type { SqlLimits } from './store.ts';

const ROWS = 10_000;
const MS = 10_000;

/** Runs one statement of somebody else, which may read and nothing more. */
export async function runSql(
  instance: DuckDBInstance,
  text: string,
  { rows = ROWS, ms = MS }: Partial<SqlLimits>,
): Promise<SqlTable> {
  const connection = await instance.connect();
  const timer = setTimeout(() => connection.interrupt(), ms);
  try {
    await checkStatement(connection, text);
    await connection.run('BEGIN TRANSACTION READ ONLY');
    return await run(connection, text, rows);
  } catch (error) {
    throw sqlError(error, ms);
  } finally {
    clearTimeout(timer);
    connection.closeSync();
  }
}

async function checkStatement(connection: DuckDBConnection, text: string): Promise<void> {
  const statements = await connection.extractStatements(text);
  if (statements.count !== 1)
    throw notAllowed(statements.count === 0 ? 'there is no statement' : `there are ${statements.count} statements`);
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT)
    throw notAllowed(`${StatementType[prepared.statementType]} is no statement that only reads`);
}

async function run(connection: DuckDBConnection, text: string, most: number): Promise<SqlTable> {
  const result = await connection.stream(text);
  const types = result.columnTypes();
  const columns = result
    .columnNames()
    .map((name, i) => ({ name, kind: types[i] === undefined ? 'text' as const : kindOf(types[i]) }));
  const rows: (readonly SqlValue[])[] = [];
  let left = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const room = most - rows.length;
    if (room > 0) for (const row of chunk.getRows().slice(0, room)) rows.push(row.map(plainValue));
    left += Math.max(0, chunk.rowCount - Math.max(0, room));
  }
  return { columns, rows, left };
}

function sqlError(error: unknown, ms: number): unknown {
  if (error instanceof MapauditError) return error;
  const text = messageOf(error);
  if (/INTERRUPT/i.test(text))
    return new MapauditError('sql-timeout', `the statement took longer than ${ms / 1000} s`, {
      hint: 'Ask for less time or fewer columns, or aggregate.',
    });
  return new MapauditError('sql', text.replace(/^(\w+ )?Error: /, ''), {
    hint: 'The tables and views are in docs/store.md.',
    cause: error,
  });
}

const notAllowed = (why: string): MapauditError =>
  new MapauditError('sql-not-allowed', `not allowed: ${why}`, {
    hint: "One statement that reads: SELECT … FROM operations_by_minute WHERE op = 'delete'.",
  });
