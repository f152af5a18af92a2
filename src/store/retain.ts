import type { DuckDBConnection } from '@duckdb/node-api';
import { TOLD_LAST } from './left_firing.ts';
import { down, HOUR, LEVELS, MINUTE } from './levels.ts';
import type { Retention } from './options.ts';
import type { RolledTo } from './roll_up.ts';
import type { TableName } from './tables.ts';
import { keepUncounted } from './uncounted_times.ts';

/** A table whose rows go by age, and the column that is its time. */
export interface Aged {
  readonly table: TableName;
  readonly column: string;
  /** What the column is multiplied with to be milliseconds: 1e-6 for nanoseconds. */
  readonly nanos?: true;
  /** Rows that stay, however old they are: a condition. */
  readonly stay?: string;
}

/** It fires: what runs before had left firing was ended when the file was opened. */
const OPEN = `state = 'firing' AND ${TOLD_LAST}`;

export const FACTS: readonly Aged[] = [
  { table: 'growth', column: 'seen_at' },
  { table: 'races', column: 'seen_at' },
  { table: 'map_states', column: 'seen_at' },
  { table: 'map_looks', column: 'seen_at' },
  { table: 'costs', column: 'seen_at' },
  { table: 'findings', column: 'told_at', stay: OPEN },
  { table: 'gaps', column: 'to_at' },
];

export const EVENTS: Aged = { table: 'events', column: 'time_ns', nanos: true };

/** Until when each level may be forgotten: never what the next one has not summed up yet. */
export function cutoffs(now: number, retention: Retention, rolled: RolledTo): RolledTo {
  return [
    Math.min(down(now - retention.seconds, MINUTE), rolled[1]),
    Math.min(down(now - retention.minutes, HOUR), rolled[2]),
    down(now - retention.hours, HOUR),
  ];
}

/** Deletes, or sums up, what is older than it is kept. True when there was something. */
export async function forgetOld(
  connection: DuckDBConnection,
  now: number,
  retention: Retention,
  rolled: RolledTo,
): Promise<boolean> {
  let deleted = 0;
  const before = cutoffs(now, retention, rolled);
  for (const [i, cutoff] of before.entries()) deleted += await forgetWindows(connection, i, cutoff);
  deleted += await forgetBefore(connection, EVENTS, now - retention.events);
  for (const facts of FACTS) deleted += await forgetBefore(connection, facts, now - retention.facts);
  return (await keepUncounted(connection, before)) || deleted > 0;
}

/** Deletes windows of a level that began before. */
export async function forgetWindows(
  connection: DuckDBConnection,
  index: number,
  before: number,
): Promise<number> {
  const level = LEVELS[index];
  if (level === undefined || before <= 0) return 0;
  const spans = await forgetBefore(connection, { table: level.spans, column: 'start' }, before);
  const rows = await forgetBefore(connection, { table: level.windows, column: 'start' }, before);
  if (spans + rows > 0)
    await connection.run(
      `UPDATE levels SET kept_from = ${before} WHERE ms = ${level.ms} AND kept_from < ${before}`,
    );
  return spans + rows;
}

export async function forgetBefore(
  connection: DuckDBConnection,
  { table, column, nanos, stay }: Aged,
  before: number,
): Promise<number> {
  const limit = nanos === true ? `${Math.max(0, Math.floor(before))}000000` : String(Math.floor(before));
  const where = `WHERE ${column} < ${limit}${stay === undefined ? '' : ` AND NOT (${stay})`}`;
  // Looking first costs nothing where blocks know their least value, and spares a write.
  const [found] = await (await connection.run(`SELECT count(*) FROM ${table} ${where}`)).getRows();
  const count = Number(found?.[0] ?? 0);
  if (count > 0) await connection.run(`DELETE FROM ${table} ${where}`);
  return count;
}
