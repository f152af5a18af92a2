import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Closable } from '../base/dispose.ts';
import { appendTo } from './bulk.ts';
import type { Columns, Row } from './tables.ts';

/** A column of a Parquet file: what it is made of, where that is not the row's cell itself. */
export interface ParquetColumns {
  /** Columns of the rows that are added. */
  readonly rows: Columns;
  /** `expression AS name`, in their order. */
  readonly select: readonly string[];
}

/** What DuckDB writes itself: nothing is loaded from anywhere. */
const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  memory_limit: '512MB',
};

/** Gathers rows on disk, in a folder of its own for temporary files, and makes a Parquet file of them. */
export class ParquetMaker implements Closable {
  readonly #folder: string;
  readonly #columns: ParquetColumns;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(
    folder: string,
    columns: ParquetColumns,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
  ) {
    this.#folder = folder;
    this.#columns = columns;
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(columns: ParquetColumns): Promise<ParquetMaker> {
    const folder = mkdtempSync(join(tmpdir(), 'mapaudit-parquet-'));
    try {
      const instance = await DuckDBInstance.create(join(folder, 'rows.duckdb'), SETTINGS);
      const connection = await instance.connect();
      const list = Object.entries(columns.rows).map(([name, type]) => `"${name}" ${type}`);
      await connection.run(`CREATE TABLE parts (${list.join(', ')})`);
      return new ParquetMaker(folder, columns, instance, connection);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async add(rows: readonly Row[]): Promise<void> {
    await appendTo(this.#connection, 'parts', Object.values(this.#columns.rows), rows);
  }

  /** Path of the file, which is there until `close`. Rows are in the order in which they came. */
  async make(): Promise<string> {
    const path = join(this.#folder, 'rows.parquet');
    await this.#connection.run(
      `COPY (SELECT ${this.#columns.select.join(', ')} FROM parts) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    return path;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
