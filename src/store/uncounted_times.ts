import type { DuckDBConnection } from '@duckdb/node-api';
import { HOUR, MINUTE } from './levels.ts';
import type { RolledTo } from './roll_up.ts';

/**
 * What was not counted is known for as long as any windows of that time are, and as finely as they: where seconds are
 * gone, by the minute, then by the hour. `cutoffs`: before when each level is forgotten. True when something changed.
 */
export async function keepUncounted(connection: DuckDBConnection, cutoffs: RolledTo): Promise<boolean> {
  const [seconds, minutes, hours] = cutoffs;
  const summed = [await sumUp(connection, MINUTE, seconds), await sumUp(connection, HOUR, minutes)];
  const forgotten = await count(connection, `start < ${hours}`);
  if (forgotten > 0) await connection.run(`DELETE FROM uncounted WHERE start < ${hours}`);
  return forgotten > 0 || summed.includes(true);
}

/** `before` is a multiple of `ms`. */
async function sumUp(connection: DuckDBConnection, ms: number, before: number): Promise<boolean> {
  const finer = `start < ${before} AND start % ${ms} != 0`;
  if ((await count(connection, finer)) === 0) return false;
  const slot = `start - start % ${ms}`;
  const those = `start < ${before} AND ${slot} IN (SELECT ${slot} FROM uncounted WHERE ${finer})`;
  await connection.run('BEGIN');
  try {
    await connection.run(
      `CREATE TEMP TABLE summed AS SELECT ${slot} AS start, process, ops, sum(ms)::BIGINT AS ms FROM uncounted
       WHERE ${those} GROUP BY ALL ORDER BY ALL`,
    );
    await connection.run(`DELETE FROM uncounted WHERE ${those}`);
    await connection.run('INSERT INTO uncounted SELECT * FROM summed');
    await connection.run('DROP TABLE summed');
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  return true;
}

async function count(connection: DuckDBConnection, condition: string): Promise<number> {
  const [found] = await (await connection.run(`SELECT count(*) FROM uncounted WHERE ${condition}`)).getRows();
  return Number(found?.[0] ?? 0);
}
