import { statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StorePlace } from './options.ts';

/** Bytes that the store takes now: of the file and its log, or of memory. */
export async function storeBytes(place: StorePlace, connection: DuckDBConnection): Promise<number> {
  if ('path' in place) return fileBytes(place.path);
  const [row] = await (
    await connection.run(
      `SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag IN ('BASE_TABLE', 'IN_MEMORY_TABLE', 'OVERFLOW_STRINGS')`,
    )
  ).getRows();
  return Number(row?.[0] ?? 0);
}

export function fileBytes(path: string): number {
  let bytes = 0;
  for (const part of [path, `${path}.wal`]) bytes += statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

/** Bytes of the file that hold something; the rest is used again. */
export async function usedBytes(connection: DuckDBConnection): Promise<number> {
  const [row] = await (
    await connection.run('SELECT block_size * used_blocks FROM pragma_database_size()')
  ).getRows();
  return Number(row?.[0] ?? 0);
}
