import { existsSync } from 'node:fs';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MapauditError } from '../../src/base/errors.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { FUNCTIONS } from '../../src/store/sql_functions.ts';
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

const MADE_OF_SYNTAX = '-> coalesce current_time current_timestamp grouping if ifnull'.split(' ');

const ALLOWED = [
  "SELECT regexp_extract(key, '^[^:]*') AS prefix, count(*) FROM sampled_events GROUP BY ALL ORDER BY ALL",
  "SELECT date_trunc('minute', time) AS t, op || ':' || line, sum(count) FILTER (WHERE line > 3) FROM operations_by_second GROUP BY ALL",
  "SELECT time, lag(count) OVER (ORDER BY time), row_number() OVER () FROM operations_by_second WHERE op LIKE 'd%' AND op NOT ILIKE 'x' AND function ~ '.*evict' QUALIFY row_number() OVER () < 9",
  "SELECT time + INTERVAL 5 MINUTE, extract(hour FROM time), strftime(time, '%H'), time AT TIME ZONE 'UTC' FROM operations_by_second",
  'SELECT quantile_cont(count, 0.9), median(count), max_by(op, count), count(DISTINCT op) FROM operations_by_second',
  "SELECT labels ->> '$.tenant', labels -> '$.tenant', trim(op), substring(op, 1, 2), op[1:2], -len, CASE WHEN found THEN 1 END FROM sampled_events",
  'SELECT unnest([1, 2]), {a: 1}.a, coalesce(1, 2), nullif(1, 2), greatest(1, 2), current_timestamp, now()',
  'SELECT * FROM range(3) a, unnest([1]) b, generate_series(1, 2) c',
];

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
  'SELECT pg_sleep(100000)',
  "SELECT repeat('a', 2000000000)",
  "SELECT length(lpad('a', 2000000000, 'b'))",
  "SELECT length(rpad('a', 2000000000, 'b'))",
  "SELECT length(replace(replace('aaaaaaaa', 'a', op), 'a', op)) FROM operations_by_second",
  "SELECT length(regexp_replace(op, '.', function, 'g')) FROM operations_by_second",
  "SELECT length(format('{:>2000000000}', 'a'))",
  "SELECT length(printf('%2000000000s', 'a'))",
  'SELECT len(range(1000000000))',
  'SELECT len(list_resize([1], 1000000000))',
  'SELECT len(array_resize([1], 1000000000))',
  "SELECT len(string_split('aaaa', ''))",
  "SELECT array_to_string(['a', 'b'], 'x')",
  'SELECT [x + 1 FOR x IN [1, 2]]',
  'SELECT list_transform([1, 2], lambda x: [x, x])',
  "SELECT * FROM unnest([repeat('a', 2000000000)])",
  "SELECT op FROM operations_by_second ORDER BY repeat('a', 2000000000)",
  "WITH a AS (SELECT hex(hex('a')) AS x) SELECT * FROM a WHERE EXISTS (SELECT x)",
];

describe('what is no reading of the store is refused', () => {
  it('functions by their name, before anything is computed', async () => {
    await expect(store.sql("SELECT 1 FROM range(2) WHERE repeat('a', 9) = 'b'")).rejects.toMatchObject({
      code: 'sql-not-allowed',
      message: 'not allowed: repeat is none of the functions that a statement may call',
    });
    // Each name that may be called is one that DuckDB has, or makes of its syntax.
    const known = await store.reader.read((ask) =>
      ask('SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions()'),
    );
    const names = new Set(known.map(({ name }) => name));
    expect([...FUNCTIONS].filter((name) => !names.has(name)).sort()).toEqual(MADE_OF_SYNTAX);
  });

  it.each(ALLOWED)('but not what questions are made of: %s', async (text) => {
    expect((await store.sql(text)).left).toBe(0);
  });

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
    const text = (length: number): string =>
      `SELECT string_agg(a.range::VARCHAR, '') AS x FROM range(${length / 5}, ${length / 5 + 1000}) a, range(${length / 5000})`;
    await expect(store.sql(text(1_500_000))).rejects.toMatchObject({ code: 'sql-too-large' });
    await expect(store.sql(`SELECT x || range FROM (${text(100_000)}), range(1000)`)).rejects.toMatchObject({
      code: 'sql-too-large',
      message: 'the result is larger than 16 MB',
    });
  });

  it('several at once, of which two run: all end in time, and who had no turn is told so', async () => {
    const endless = 'SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3';
    const codes = await Promise.all(
      Array.from({ length: 6 }, () =>
        store.sql(endless, { ms: 300 }).then(
          () => 'none',
          (error: unknown) => (error instanceof MapauditError ? error.code : String(error)),
        ),
      ),
    );
    expect(codes.slice(0, 2)).toEqual(['sql-timeout', 'sql-timeout']);
    expect(codes.slice(2).every((code) => code === 'sql-busy' || code === 'sql-timeout')).toBe(true);
    expect(codes).toContain('sql-busy');
    expect((await store.sql('SELECT 1')).rows).toEqual([[1]]);
  });

  it('an interrupt that is lost is given again', async () => {
    const interrupted = vi.spyOn(DuckDBConnection.prototype, 'interrupt');
    interrupted.mockImplementationOnce(() => undefined);
    await expect(
      store.sql('SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3', { ms: 100 }),
    ).rejects.toMatchObject({ code: 'sql-timeout' });
    expect(interrupted.mock.calls.length).toBeGreaterThan(1);
    interrupted.mockRestore();
  });

  it('a log that cannot be taken into the file while somebody reads grows on', async () => {
    const said: string[] = [];
    const limited = await openStore({
      path: place.path('log.duckdb'),
      now: () => T0 + 5000,
      upkeepMs: 0,
      sizeLimit: 100,
      say: ({ message }) => said.push(message),
    });
    try {
      await limited.reader.read(async (ask) => {
        await ask('SELECT count(*) FROM windows_1s');
        for (let i = 0; i < 5; i++) await limited.take([window(T0 + i * 1000, [count('delete', 1)])]);
        expect([limited.trouble, said]).toEqual([undefined, []]);
      });
      expect((await limited.sql('SELECT sum(count) FROM windows_1s')).rows).toEqual([[5]]);
    } finally {
      await limited.close();
    }
  });

  it('writing goes on beside it', async () => {
    // Looked at from the beginning: what is beside it may take longer than it has.
    const long = expect(
      store.sql('SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3', { ms: 1500 }),
    ).rejects.toMatchObject({ code: 'sql-timeout' });
    await store.take([window(T0 + 3000, [count('delete', 1)])]);
    await store.upkeep();
    expect(store.trouble).toBeUndefined();
    await long;
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
