import type { DuckDBConnection } from '@duckdb/node-api';
import { MapauditError } from '../base/errors.ts';
import { FIRST_FORM } from './first_form.ts';

/** One step from an older form of the file to a newer one. What stands here is never changed, only added to. */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, statements: FIRST_FORM },
  {
    version: 2,
    statements: [
      'CREATE TABLE uncounted ("start" BIGINT, "process" INTEGER, "ops" VARCHAR, "ms" BIGINT)',
      'ALTER TABLE events ADD COLUMN span_id VARCHAR',
      'ALTER TABLE events ADD COLUMN labels_note VARCHAR',
    ],
  },
  // Nothing ever filled it; the view that names it is made again when the file is open.
  { version: 3, statements: ['ALTER TABLE map_states DROP COLUMN key_entropy'] },
];

/** Brings a file to the newest form, each step whole or not at all. Errors: `store-newer`, `store-older`, `not-a-store`. */
export async function migrate(
  connection: DuckDBConnection,
  path: string,
  { readOnly, now }: { readonly readOnly: boolean; readonly now: number },
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const newest = migrations.at(-1)?.version ?? 0;
  const version = await versionOf(connection, path);
  if (version > newest)
    throw new MapauditError(
      'store-newer',
      `${path} was made by a newer mapaudit (form ${version}; this knows ${newest})`,
      {
        hint: 'Use the mapaudit that made it, or another file.',
        fields: { version, newest },
      },
    );
  if (version < newest && readOnly)
    throw new MapauditError(
      'store-older',
      `${path} was made by an older mapaudit (form ${version} of ${newest})`,
      {
        hint: 'mapaudit serve --store brings it to the newest form when it opens it.',
        fields: { version, newest },
      },
    );
  for (const step of migrations) {
    if (step.version <= version) continue;
    await connection.run('BEGIN');
    if (step.version === 1)
      await connection.run('CREATE TABLE migrations (version BIGINT, applied_at BIGINT)');
    for (const statement of step.statements) await connection.run(statement);
    await connection.run(`INSERT INTO migrations VALUES (${step.version}, ${now})`);
    await connection.run('COMMIT');
  }
}

/** 0 for a new file. */
async function versionOf(connection: DuckDBConnection, path: string): Promise<number> {
  const found = await connection.run('SELECT table_name FROM duckdb_tables()');
  const tables = (await found.getRows()).map(([name]) => String(name));
  if (tables.length === 0) return 0;
  if (!tables.includes('migrations'))
    throw new MapauditError('not-a-store', `${path} is a database of something else`, {
      hint: 'A store is a file that mapaudit serve --store has made.',
    });
  const result = await connection.run('SELECT max(version) FROM migrations');
  return Number((await result.getRows())[0]?.[0] ?? 0);
}
