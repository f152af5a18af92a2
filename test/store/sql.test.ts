import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/index.ts';
import { count, folder, T0, window } from './feed.ts';

const place = folder();
let store: Store;
beforeAll(async () => {
  store = await openStore({ path: place.path('s.duckdb'), now: () => T0 + 5000, upkeepMs: 0 });
  await store.take([window(T0, [count('delete', 3)]), window(T0 + 1000, [count('delete', 4)])]);
});
afterAll(async () => {
  await store.close();
  place.remove();
});

it('one statement that reads, with times, numbers, texts and nulls', async () => {
  const table = await store.sql(
    `SELECT time, op, map, function, line, count > 3 AS many, NULL AS nothing, count FROM operations_by_second ORDER BY time`,
  );
  expect(table).toEqual({
    columns: [
      ['time', 'time'],
      ['op', 'text'],
      ['map', 'text'],
      ['function', 'text'],
      ['line', 'number'],
      ['many', 'bool'],
      ['nothing', 'number'],
      ['count', 'number'],
    ].map(([name, kind]) => ({ name, kind })),
    rows: [
      [T0, 'delete', '0xc000123450', 'shop.(*Cache).evict', 88, false, null, 3],
      [T0 + 1000, 'delete', '0xc000123450', 'shop.(*Cache).evict', 88, true, null, 4],
    ],
    left: 0,
  });
  expect((await store.sql('WITH w AS (SELECT 1 AS a) SELECT * FROM w;')).rows).toEqual([[1]]);
  expect((await store.sql('FROM range(3)')).rows).toEqual([[0], [1], [2]]);
  expect(
    (await store.sql("SELECT DATE '2026-03-01' AS d, [1, 2] AS l, 1.5::DECIMAL(4,2) AS n, 'it''s' AS t"))
      .rows,
  ).toEqual([[Date.UTC(2026, 2, 1), '[1, 2]', 1.5, "it's"]]);
});

const ATTACKS = [
  "COPY windows_1s TO '/tmp/mapaudit-attack'",
  "COPY (SELECT 1) TO '/tmp/mapaudit-attack'",
  "ATTACH '/tmp/mapaudit-attack' AS a",
  'INSTALL httpfs',
  'LOAD httpfs',
  'SET enable_external_access = true',
  'RESET lock_configuration',
  'PRAGMA enable_profiling',
  'PRAGMA database_list',
  "EXPORT DATABASE '/tmp/mapaudit-attack'",
  "IMPORT DATABASE '/tmp'",
  'CHECKPOINT',
  'FORCE CHECKPOINT',
  'VACUUM',
  'BEGIN',
  'COMMIT',
  'DELETE FROM windows_1s',
  'INSERT INTO windows_1s SELECT * FROM windows_1s',
  'UPDATE levels SET kept_from = 9e15',
  'DROP TABLE windows_1s',
  'CREATE TABLE x (a INTEGER)',
  'CREATE OR REPLACE MACRO match(a, b) AS true',
  'ALTER TABLE sites ADD COLUMN x INTEGER',
  'CALL force_checkpoint()',
  'EXPLAIN ANALYZE DELETE FROM windows_1s',
  'PREPARE p AS DELETE FROM windows_1s',
  'WITH d AS (DELETE FROM windows_1s RETURNING *) SELECT * FROM d',
  'SELECT 1; DELETE FROM windows_1s',
  'SELECT 1; SELECT 2',
  '',
  '-- nothing',
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM read_blob('/proc/self/environ')",
  "SELECT * FROM glob('/*')",
  "SELECT * FROM '/etc/passwd'",
  "SELECT * FROM '/etc/passwd.csv'",
  'SELECT * FROM checkpoint()',
  'SELECT * FROM force_checkpoint()',
  'SELECT * FROM enable_logging()',
  'SELECT * FROM duckdb_settings()',
  "SELECT * FROM query('SELECT 1')",
  "SELECT (SELECT count(*) FROM (SELECT * FROM sniff_csv('/etc/passwd')))",
  "WITH a AS MATERIALIZED (SELECT * FROM parquet_scan('/tmp/x')) SELECT 1",
  "SELECT write_log('x')",
  "SELECT current_setting('temp_directory')",
  'SELECT "NEXTVAL"(\'s\')',
  'SELECT $1',
  'SELECT sleep_ms(100000)',
];

describe('what is no reading of the store is refused', () => {
  it.each(ATTACKS)('%s', async (text) => {
    await expect(store.sql(text)).rejects.toMatchObject({
      code: expect.stringMatching(/^sql(-not-allowed)?$/) as string,
      hint: expect.any(String) as string,
    });
  });

  it('and nothing came of it', async () => {
    expect(existsSync('/tmp/mapaudit-attack')).toBe(false);
    expect((await store.sql('SELECT sum(count) FROM windows_1s')).rows).toEqual([[7]]);
    await store.take([window(T0 + 2000, [count('delete', 1)])]);
    expect(store.trouble).toBeUndefined();
    expect((await store.sql('SELECT sum(count) FROM windows_1s')).rows).toEqual([[8]]);
  });

  it('with a hole in one wall the next one holds: the transaction itself only reads', async () => {
    await expect(store.reader.read((ask) => ask('DELETE FROM windows_1s'))).rejects.toThrow(/read.only/i);
    await expect(store.reader.read((ask) => ask("SELECT * FROM read_text('/etc/passwd')"))).rejects.toThrow(
      /disabled/,
    );
    await expect(store.reader.read((ask) => ask('SET enable_external_access = true'))).rejects.toThrow(
      /locked|disabled|cannot/i,
    );
  });
});

describe('what would never end is ended', () => {
  it('a statement that computes', async () => {
    await expect(
      store.sql('SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3', { ms: 200 }),
    ).rejects.toMatchObject({ code: 'sql-timeout' });
  });

  it('a result that is long: its beginning, and how much is left', async () => {
    const { rows, left } = await store.sql('FROM range(100000)', { rows: 10 });
    expect([rows.length, left]).toEqual([10, 99_990]);
    await expect(store.sql('FROM range(1000000000000)')).rejects.toMatchObject({ code: 'sql-too-large' });
    await expect(store.sql("SELECT repeat('x', 3000000)")).rejects.toMatchObject({ code: 'sql-too-large' });
    await expect(store.sql("SELECT repeat('x', 100000) FROM range(1000)")).rejects.toMatchObject({
      code: 'sql-too-large',
    });
  });

  it('writing goes on beside it', async () => {
    const long = store.sql('SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3', { ms: 1500 });
    await store.take([window(T0 + 3000, [count('delete', 1)])]);
    await store.upkeep();
    expect(store.trouble).toBeUndefined();
    await expect(long).rejects.toMatchObject({ code: 'sql-timeout' });
  });
});

it('a wrong statement says what is wrong', async () => {
  await expect(store.sql('SELEC 1')).rejects.toMatchObject({
    code: 'sql',
    message: expect.stringContaining('SELEC') as string,
  });
  await expect(store.sql('SELECT nothing FROM windows_1s')).rejects.toMatchObject({
    code: 'sql',
    message: expect.stringContaining('nothing') as string,
  });
});
