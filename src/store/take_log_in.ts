import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '../base/errors.ts';

/**
 * Takes the log into the file. False where it cannot be done now, because somebody reads: nothing is wrong then, the
 * log goes on growing and is taken in later.
 */
export async function takeLogIn(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run('CHECKPOINT');
    return true;
  } catch (error) {
    if (/Cannot CHECKPOINT: there are other/i.test(messageOf(error))) return false;
    throw error;
  }
}
