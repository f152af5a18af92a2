import { DuckStore } from './duck_store.ts';
import type { StoreOptions } from './options.ts';
import type { Store } from './store.ts';

export { type Level, type LevelExtent, LEVELS, type Piece, planPieces } from './levels.ts';
export { DEFAULT_RETENTION, FOREVER, keptFor, LEAST_SIZE } from './options.ts';
export type { Retention, StoreNotice, StoreOptions } from './options.ts';
export { type ParquetColumns, ParquetMaker } from './parquet.ts';
export { nanosOf, timeText } from './time_text.ts';
export type { Columns, Row } from './tables.ts';
export type { SqlLimits, Store } from './store.ts';
export { TOLD_LAST } from './left_firing.ts';
export type { Ask, SqlReader, SqlRow, SqlTable, SqlValue } from './sql_reader.ts';

/**
 * Opens a store, or makes one. Errors: `no-such-file`, `store-locked`, `not-a-store`, `store-newer`, `store-older`,
 * `store-unusable`, `disk-full`. No file is left then that was not there.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  return await DuckStore.open(options);
}
