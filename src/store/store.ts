import type { FeedItem, FeedSink } from '../model/feed.ts';
import type { SqlReader, SqlTable } from './sql_reader.ts';

/** What is kept of the feed. Whoever opens it closes it. */
export interface Store extends FeedSink {
  /** Never fails: what cannot be written waits in memory, bounded, and `trouble` says so. */
  take(items: readonly FeedItem[]): Promise<void>;
  /** What keeps it from writing now; undefined while all is well. */
  readonly trouble: string | undefined;
  /** Bytes that it takes, of the disk or of memory, as of the last look. */
  readonly bytes: number;
  /** Start of the oldest window that is kept, Unix milliseconds. */
  readonly oldest: number | undefined;
  /** For questions that mapaudit asks. */
  readonly reader: SqlReader;
  /**
   * One reading statement of somebody else; two run at once, and others wait for them. Errors: `sql`,
   * `sql-not-allowed`, `sql-timeout`, `sql-busy`, `sql-too-large`.
   */
  sql(text: string, limits?: Partial<SqlLimits>): Promise<SqlTable>;
  /** Roll-ups, retention, size limit. It runs by itself, on a timer. */
  upkeep(): Promise<void>;
  /** Writes what waits, and marks the end as intended. What cannot be written is lost, which is said. */
  close(): Promise<void>;
}

/** What a statement may take. */
export interface SqlLimits {
  readonly rows: number;
  readonly ms: number;
  /** Aborted when nobody waits for the answer any more: it ends with the error `nobody-waits`. */
  readonly signal: AbortSignal;
}
