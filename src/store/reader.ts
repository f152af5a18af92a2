import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { plainValue } from './duck_values.ts';
import { interruptible, nobodyWaits } from './interrupt.ts';
import type { Ask, SqlReader, SqlRow, SqlValue } from './sql_reader.ts';

/** Reads the store while it is written to: each question has a connection and a transaction of its own. */
export class DuckReader implements SqlReader {
  readonly #instance: () => DuckDBInstance;
  readonly #idle: { readonly of: DuckDBInstance; readonly connection: DuckDBConnection }[] = [];

  constructor(instance: () => DuckDBInstance) {
    this.#instance = instance;
  }

  async read<T>(questions: (ask: Ask) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const of = this.#instance();
    const connection = await this.#take(of);
    const isOver = (): boolean => signal?.aborted === true;
    const work = async (): Promise<T> => {
      await connection.run('BEGIN TRANSACTION READ ONLY');
      const answer = await questions(askOf(connection, isOver));
      await connection.run('COMMIT');
      return answer;
    };
    try {
      const answer = await (signal === undefined ? work() : interruptible(connection, isOver, work));
      this.#idle.push({ of, connection });
      return answer;
    } catch (error) {
      connection.closeSync();
      throw isOver() ? nobodyWaits() : error;
    }
  }

  close(): void {
    for (const { connection } of this.#idle.splice(0)) connection.closeSync();
  }

  async #take(of: DuckDBInstance): Promise<DuckDBConnection> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.of === of) return idle.connection;
      idle.connection.closeSync();
    }
    return await of.connect();
  }
}

const PARAMETER = /\{(\w+):(?:Int64|Int32|String|Float64)\}/g;

function askOf(connection: DuckDBConnection, isOver: () => boolean): Ask {
  return async (sql, values = {}) => {
    if (isOver()) throw nobodyWaits();
    const text = sql.replaceAll(PARAMETER, '$$$1');
    // Numbers would be taken for doubles.
    const bound: Record<string, SqlValue | bigint> = {};
    for (const [name, value] of Object.entries(values))
      bound[name] = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
    const result = await connection.run(text, bound);
    const names = result.columnNames();
    const rows: SqlRow[] = [];
    for (const row of await result.getRows()) {
      const named: Record<string, SqlValue> = {};
      for (const [i, name] of names.entries()) named[name] = plainValue(row[i] ?? null);
      rows.push(named);
    }
    return rows;
  };
}
