import type { DuckDBConnection } from '@duckdb/node-api';
import { down, type Level, LEVELS } from './levels.ts';

/** How late a window may be and still take part in the first roll-up of its time; later ones are added to each level. */
const GRACE_MS = 5000;

/** Up to when each level above the first has been summed up: all windows that began before. */
export type RolledTo = [seconds: number, minutes: number, hours: number];

/** Sums up what is over, level by level, each in a transaction of its own. */
export async function rollUp(connection: DuckDBConnection, now: number, rolled: RolledTo): Promise<RolledTo> {
  const next: RolledTo = [...rolled];
  for (const [i, level] of LEVELS.entries()) {
    const finer = LEVELS[i - 1];
    if (finer === undefined) continue;
    const until = down(i === 1 ? now - GRACE_MS : (next[i - 1] ?? 0), level.ms);
    const since = next[i] ?? 0;
    if (until <= since) continue;
    await connection.run('BEGIN');
    try {
      for (const statement of rollUpStatements(finer, level, since, until)) await connection.run(statement);
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    next[i] = until;
  }
  return next;
}

export function rollUpStatements(from: Level, to: Level, since: number, until: number): readonly string[] {
  const where = `WHERE start >= ${since} AND start < ${until}`;
  const begin = `start - start % ${to.ms}`;
  return [
    `INSERT INTO ${to.windows} SELECT ${begin}, process, op, map_type, map, site,
     sum(count), sum(found), sum(not_found), sum(removed)
     FROM ${from.windows} ${where} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2`,
    `INSERT INTO ${to.spans} SELECT ${begin}, sum(length), sum(operations), sum(ring_full), sum(sampled)
     FROM ${from.spans} ${where} GROUP BY 1 ORDER BY 1`,
    `UPDATE levels SET rolled_to = ${until} WHERE ms = ${to.ms}`,
  ];
}
