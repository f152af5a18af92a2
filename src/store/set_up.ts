import type { DuckDBConnection } from '@duckdb/node-api';
import { endLeftFiring } from './left_firing.ts';
import { migrate } from './migrations.ts';
import type { StoreOptions } from './options.ts';
import type { RolledTo } from './roll_up.ts';
import { LEVELS } from './levels.ts';
import { secondText } from './time_text.ts';
import { VIEWS } from './views.ts';

/** What is known of a store once it is open. */
export interface SetUp {
  readonly rolled: RolledTo;
  /** Number of this run in `runs`. */
  readonly run: number;
  /** What is missing since the run before, which has not marked its end. */
  readonly gap?: string;
}

/** Brings an opened database into form, and looks how the run before has ended. */
export async function setUp(
  connection: DuckDBConnection,
  options: StoreOptions,
  now: number,
): Promise<SetUp> {
  const readOnly = options.readOnly === true;
  const path = 'path' in options ? options.path : 'memory';
  await migrate(connection, path, { readOnly, now });
  const rolled = await rolledOf(connection);
  if (readOnly) return { rolled, run: 0 };
  for (const view of VIEWS) await connection.run(view);
  const [last] = await (
    await connection.run('SELECT run, opened, closed FROM runs ORDER BY run DESC LIMIT 1')
  ).getRows();
  const run = Number(last?.[0] ?? 0) + 1;
  await connection.run('BEGIN');
  let gap: string | undefined;
  if (last !== undefined && last[2] === null) {
    const end = await lastEnd(connection, Number(last[1]));
    gap = gapText(end);
    await connection.run(`INSERT INTO gaps VALUES (${end}, ${Math.max(now, end)}, 'unclosed', $1)`, [gap]);
    await connection.run(`UPDATE runs SET closed = ${end} WHERE run = ${run - 1}`);
  }
  await endLeftFiring(connection, await lastEnd(connection, 0));
  await connection.run(`INSERT INTO runs VALUES (${run}, ${now}, NULL, 0)`);
  await connection.run('COMMIT');
  return { rolled, run, ...(gap === undefined ? {} : { gap }) };
}

async function rolledOf(connection: DuckDBConnection): Promise<RolledTo> {
  const rows = await (await connection.run('SELECT ms, rolled_to FROM levels')).getRows();
  const of = (index: number): number => {
    const level = rows.find(([ms]) => Number(ms) === LEVELS[index]?.ms);
    return Number(level?.[1] ?? 0);
  };
  return [0, of(1), of(2)];
}

/** Until when windows were written, at least since the run began. */
async function lastEnd(connection: DuckDBConnection, opened: number): Promise<number> {
  const [row] = await (await connection.run('SELECT max(start + length) FROM spans_1s')).getRows();
  return Math.max(opened, Number(row?.[0] ?? 0));
}

/** A run that could not write has not marked its end either: from the file alone it looks as if it was killed. */
const gapText = (end: number): string =>
  `mapaudit ended suddenly, or while the store could not be written: what it saw after ${secondText(end)} is not in the store. After a sudden end that is at most its last second, after a full disk all from then on`;
