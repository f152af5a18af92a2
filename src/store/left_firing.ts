import type { DuckDBConnection } from '@duckdb/node-api';
import type { Evidence } from '../model/finding.ts';

/** A condition on rows of `findings`: told last of that firing. A subject's finding can fire again, with the same id. */
export const TOLD_LAST =
  '(id, fired_at, told_at) IN (SELECT id, fired_at, max(told_at) FROM findings GROUP BY id, fired_at)';

/**
 * What fired when the run before ended, however it ended, is over: rules begin anew, and tell it again where it still
 * is so. `end`: until when windows were written. To be called in a transaction.
 */
export async function endLeftFiring(connection: DuckDBConnection, end: number): Promise<void> {
  const left = await (
    await connection.run(
      `SELECT id, fired_at, told_at, last_seen, evidence FROM findings WHERE state = 'firing' AND ${TOLD_LAST}`,
    )
  ).getRows();
  for (const [id, firedAt, told, lastSeen, evidence] of left) {
    const to = Math.max(end, Number(told) + 1);
    const over: Evidence = {
      text: 'Over: mapaudit ended, and nobody saw how it went on.',
      from: Number(lastSeen),
      to,
    };
    const all = JSON.stringify([...(JSON.parse(String(evidence)) as Evidence[]), over]);
    await connection.run(
      `INSERT INTO findings SELECT ${to}, id, rule, severity, 'resolved', title, process, map_type, map, map_id, site, prefix,
         $1, since, fired_at, last_seen FROM findings WHERE id = $2 AND fired_at = $3 AND told_at = $4`,
      [all, String(id), Number(firedAt), Number(told)],
    );
  }
}
