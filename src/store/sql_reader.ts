/** A value of a result: numbers of all kinds are doubles, times are Unix milliseconds. */
export type SqlValue = string | number | boolean | null;

export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * Runs one statement. It is written in what DuckDB and ClickHouse have in common, with parameters as ClickHouse writes
 * them: `{from:Int64}`, `{name:String}`, `{share:Float64}`.
 */
export type Ask = (sql: string, values?: Readonly<Record<string, SqlValue>>) => Promise<readonly SqlRow[]>;

/** Where stored questions are put, whatever database is behind it. */
export interface SqlReader {
  /**
   * All that is asked within `questions` is of one moment. What runs is interrupted when `signal` is aborted; error then:
   * `nobody-waits`.
   */
  read<T>(questions: (ask: Ask) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** A table as its columns name it. */
export interface SqlTable {
  readonly columns: readonly { readonly name: string; readonly kind: 'text' | 'number' | 'time' | 'bool' }[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows beyond those. */
  readonly left: number;
}
