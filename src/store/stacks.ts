import type { DuckDBConnection } from '@duckdb/node-api';
import type { Batch } from './batch.ts';
import type { Symbols } from './symbols.ts';
import { TABLES, type TableName } from './tables.ts';

/** Columns that mean a stack by its number. */
const MEANT_BY: readonly { readonly table: TableName; readonly columns: readonly string[] }[] = [
  { table: 'events', columns: ['stack'] },
  { table: 'races', columns: ['stack_a', 'stack_b'] },
];
/** Numbers in one statement. */
const AT_ONCE = 10_000;

/**
 * Deletes the stacks that no row means any more. To be called while nothing is written: rows of `waiting` come later,
 * and what they mean stays. A stack that is met again has a new number.
 */
export async function forgetStacks(
  connection: DuckDBConnection,
  symbols: Pick<Symbols, 'forgetStacks'>,
  waiting: () => Batch,
): Promise<number> {
  const meant = MEANT_BY.flatMap(({ table, columns }) =>
    columns.map((column) => `SELECT ${column} AS stack FROM ${table} WHERE ${column} IS NOT NULL`),
  );
  const result = await connection.run(
    `SELECT DISTINCT stack FROM stack_frames WHERE stack NOT IN (${meant.join(' UNION ALL ')})`,
  );
  const unused = new Set((await result.getRows()).map(([stack]) => Number(stack)));
  // From here to the end of `forgetStacks` nothing can come in between: what comes later finds no old number.
  for (const stack of meantBy(waiting())) unused.delete(stack);
  symbols.forgetStacks(unused);
  const all = [...unused];
  for (let i = 0; i < all.length; i += AT_ONCE)
    await connection.run(`DELETE FROM stack_frames WHERE stack IN (${all.slice(i, i + AT_ONCE).join(', ')})`);
  return all.length;
}

function* meantBy(batch: Batch): Generator<number> {
  for (const { table, columns } of MEANT_BY) {
    const places = columns.map((column) => Object.keys(TABLES[table]).indexOf(column));
    for (const row of batch.rows(table))
      for (const place of places) {
        const stack = row[place] ?? null;
        if (stack !== null) yield Number(stack);
      }
  }
}
