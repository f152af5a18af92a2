import { Batch } from './batch.ts';
import { down, LEVELS } from './levels.ts';
import type { RolledTo } from './roll_up.ts';
import type { Row, TableName } from './tables.ts';

/**
 * Windows whose time has been summed up already stand in the sums of each such level too: rows of a level need not be
 * one a key, only their sum counts.
 */
export function withLate(batch: Batch, rolled: RolledTo): Batch {
  const late = new Batch();
  for (const table of ['windows', 'spans'] as const) {
    for (const row of batch.rows(`${table}_1s`)) {
      const start = Number(row[0]);
      for (const [i, level] of LEVELS.entries()) {
        if (i > 0 && start < (rolled[i] ?? 0))
          late.add(level[table] satisfies TableName, moved(row, level.ms));
      }
    }
  }
  return late;
}

const moved = (row: Row, ms: number): Row => [down(Number(row[0]), ms), ...row.slice(1)];
