import { statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { migrate, MIGRATIONS } from '../../src/store/migrations.ts';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore, type Store, type StoreNotice } from '../../src/store/index.ts';
import { TABLES } from '../../src/store/tables.ts';
import { count, event, folder, SHOP, T0, window } from './feed.ts';

const place = folder();
afterAll(() => place.remove());
const MINUTE = 60_000;
const HOUR = 3_600_000;

const sums = async (store: Store): Promise<number[]> => {
  const [row] = await store.reader.read((ask) =>
    ask(
      `SELECT (SELECT coalesce(sum(count), 0) FROM windows_1s) AS s, (SELECT coalesce(sum(count), 0) FROM windows_1m) AS m, (SELECT coalesce(sum(count), 0) FROM windows_1h) AS h`,
    ),
  );
  return [row?.['s'], row?.['m'], row?.['h']].map(Number);
};

describe('roll-ups', () => {
  it('keep sums, whatever comes when (random windows, some late)', async () => {
    let at = T0;
    let seed = 11;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const store = await openStore({ memory: true, now: () => at, upkeepMs: 0, retention: { seconds: 1e12 } });
    let all = 0;
    for (let i = 0; i < 60; i++) {
      at += random(4) * MINUTE + 1000;
      const start = Math.floor((random(4) === 0 ? at - random(3 * HOUR) : at) / 1000) * 1000;
      const n = random(50);
      all += n + 1;
      await store.take([
        window(start, [count('delete', n), count('assign', 1, { mapAddress: `0xc${random(5)}0` })]),
      ]);
      if (random(3) === 0) await store.upkeep();
    }
    at = (Math.floor(at / HOUR) + 1) * HOUR + 10_000;
    await store.upkeep();
    expect(await sums(store)).toEqual([all, all, all]);
    await store.close();
  });
});

describe('a clock that is set', () => {
  it.each([-HOUR, HOUR, -3000])(
    'by %d: windows whose times were there already are added, at each level',
    async (by) => {
      let at = T0;
      const store = await openStore({ memory: true, now: () => at, upkeepMs: 0 });
      const step = async (n: number): Promise<void> => {
        for (let i = 0; i < n; i++) {
          await store.take([window(at, [count('delete', 5), count('assign', 2)])]);
          at += 1000;
        }
        await store.upkeep();
      };
      await step(150);
      at += by;
      await step(150);
      const { from, to } = { from: T0 - 2 * HOUR, to: T0 + 3 * HOUR };
      for (const ms of [1000, MINUTE, HOUR]) {
        const { series } = await keptQuestions(store).rates({ from, to }, 'op', ms, {});
        expect(series.map(({ name, total }) => [name, total])).toEqual([
          ['delete', 1500],
          ['assign', 600],
        ]);
        const points = series.map((one) => one.points.reduce<number>((sum, n) => sum + (n ?? 0), 0));
        expect(points).toEqual([1500, 600]);
      }
      at = T0 + 5 * HOUR;
      await store.upkeep();
      expect(await sums(store)).toEqual([2100, 2100, 2100]);
      const [row] = await store.reader.read((ask) =>
        ask(`SELECT sum(operations) AS n, sum(length) AS ms FROM spans_1h`),
      );
      expect([row?.['n'], row?.['ms']].map(Number)).toEqual([2100, 300_000]);
      await store.close();
    },
  );
});

describe('retention', () => {
  it('forgets each level at its age, and never what is not summed up yet', async () => {
    let at = T0;
    const store = await openStore({
      memory: true,
      now: () => at,
      upkeepMs: 0,
      retention: { seconds: 5 * MINUTE, minutes: 2 * HOUR, hours: 10 * HOUR, events: HOUR, facts: HOUR },
    });
    await store.take([
      { type: 'events', process: SHOP, sampledEvery: 1, events: [event(T0, 'delete', 'a')] },
      window(T0, [count('delete', 7)]),
    ]);
    await store.upkeep();
    expect(await sums(store)).toEqual([7, 0, 0]);
    at = T0 + 30 * MINUTE;
    await store.upkeep();
    // The hour is not over: the minute stays, the second went.
    expect(await sums(store)).toEqual([0, 7, 0]);
    at = T0 + 90 * MINUTE;
    await store.upkeep();
    expect(await sums(store)).toEqual([0, 7, 7]);
    expect(await store.reader.read((ask) => ask('SELECT count(*) AS n FROM events'))).toEqual([{ n: 0 }]);
    at = T0 + 5 * HOUR;
    await store.upkeep();
    expect(await sums(store)).toEqual([0, 0, 7]);
    at = T0 + 20 * HOUR;
    await store.upkeep();
    expect([await sums(store), store.oldest]).toEqual([[0, 0, 0], undefined]);
    await store.close();
  });
});

it('a stack goes with the last event that has it, and comes again as a new one', async () => {
  let at = T0;
  const store = await openStore({
    memory: true,
    now: () => at,
    upkeepMs: 0,
    retention: { events: HOUR, facts: 10 * HOUR },
  });
  const stacks = async (): Promise<unknown[]> =>
    (await store.reader.read((ask) => ask('SELECT DISTINCT stack FROM stack_frames ORDER BY stack'))).map(
      ({ stack }) => stack,
    );
  const told = async (...names: readonly string[]): Promise<void> =>
    store.take([
      {
        type: 'events',
        process: SHOP,
        sampledEvery: 1,
        events: names.map((name) =>
          event(at, 'delete', 'k', { stack: [{ function: name, inlined: false }] }),
        ),
      },
      window(at, []),
    ]);
  await told('old', 'kept', 'raced');
  await store.take([
    {
      type: 'race',
      at: at + 9 * HOUR,
      id: 1,
      kind: 'write/write',
      process: SHOP,
      count: 1,
      sides: [
        { op: 'delete', stack: [{ function: 'only in a race' }] },
        { op: 'assign', stack: [] },
      ],
    },
  ]);
  at += HOUR - 1000;
  await told('kept');
  expect(await stacks()).toEqual([1, 2, 3, 4]);
  at += 11 * MINUTE;
  // Taken, and not written yet while the others go.
  await store.take([
    {
      type: 'events',
      process: SHOP,
      sampledEvery: 1,
      events: [event(at, 'delete', 'k', { stack: [{ function: 'raced', inlined: false }] })],
    },
  ]);
  await store.upkeep();
  expect(await stacks()).toEqual([2, 3, 4]);
  at += 11 * MINUTE;
  await told('old');
  await store.upkeep();
  expect(await stacks()).toEqual([2, 3, 4, 5]);
  const rows = await store.reader.read((ask) =>
    ask(`SELECT s.function AS name FROM events e JOIN stack_frames f ON f.stack = e.stack JOIN sites s ON s.id = f.site
      ORDER BY e.time_ns`),
  );
  expect(rows.map(({ name }) => name)).toEqual(['kept', 'raced', 'old']);
  await store.close();
});

it('a size limit is kept, with the newest in it', async () => {
  const limit = 16 * 1024 * 1024;
  let at = T0;
  const said: string[] = [];
  const store = await openStore({
    path: place.path('limit.duckdb'),
    now: () => at,
    upkeepMs: 0,
    sizeLimit: limit,
    say: (notice) => said.push(notice.message),
  });
  let [largest, written] = [0, 0];
  for (let i = 0; i < 60; i++) {
    at += MINUTE;
    const events = Array.from({ length: 4000 }, (_, k) =>
      event(at, 'delete', `key-${(i * 4000 + k) * 7919}-${Math.random()}`),
    );
    written += events.length;
    await store.take([
      { type: 'events', process: SHOP, sampledEvery: 1, events },
      window(at, [count('delete', 1)]),
    ]);
    await store.upkeep();
    largest = Math.max(largest, store.bytes);
  }
  expect(largest).toBeLessThanOrEqual(limit);
  expect(store.trouble).toBeUndefined();
  expect(said).toEqual([expect.stringContaining('from now on the oldest of what takes the most is deleted')]);
  const [row] = await store.reader.read((ask) =>
    ask('SELECT count(*) AS n, max(time_ns) / 1000000 AS newest FROM events'),
  );
  // What was deleted was the oldest, and something had to be.
  expect(Number(row?.['n'])).toBeLessThan(written);
  expect(Number(row?.['n'])).toBeGreaterThan(4000);
  expect(Math.floor(Number(row?.['newest']))).toBe(at);
  await store.close();
}, 600_000);

describe('the form of the file', () => {
  const NEWEST = MIGRATIONS.at(-1)?.version ?? 0;
  const make = async (path: string, statements: readonly string[]): Promise<void> => {
    const db = await DuckDBInstance.create(path);
    const connection = await db.connect();
    for (const statement of statements) await connection.run(statement);
    connection.closeSync();
    db.closeSync();
  };

  it('is after all migrations what is written to', async () => {
    const store = await openStore({ memory: true, upkeepMs: 0 });
    for (const [name, columns] of Object.entries(TABLES)) {
      const found = await store.reader.read((ask) =>
        ask(
          `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '${name}'
           ORDER BY ordinal_position`,
        ),
      );
      expect([name, found.map(({ name: column, type }) => [column, type])]).toEqual([
        name,
        Object.entries(columns),
      ]);
    }
    await store.close();
  });

  it('an older file is brought to the newest form, with what is in it', async () => {
    const db = await DuckDBInstance.create(':memory:');
    const connection = await db.connect();
    await migrate(connection, 'x', { readOnly: false, now: T0 });
    await connection.run("INSERT INTO map_types VALUES (1, 'map[int]int')");
    const newer = [
      ...MIGRATIONS,
      {
        version: NEWEST + 1,
        statements: ['ALTER TABLE map_types ADD COLUMN kind VARCHAR', `UPDATE map_types SET kind = 'swiss'`],
      },
    ];
    await expect(migrate(connection, 'x', { readOnly: true, now: T0 }, newer)).rejects.toMatchObject({
      code: 'store-older',
    });
    await migrate(connection, 'x', { readOnly: false, now: T0 + 1 }, newer);
    await migrate(connection, 'x', { readOnly: false, now: T0 + 2 }, newer);
    expect(await (await connection.run('SELECT * FROM map_types')).getRows()).toEqual([
      [1, 'map[int]int', 'swiss'],
    ]);
    expect(await (await connection.run('SELECT * FROM migrations ORDER BY version')).getRows()).toEqual([
      ...MIGRATIONS.map(({ version }) => [BigInt(version), BigInt(T0)]),
      [BigInt(NEWEST + 1), BigInt(T0 + 1)],
    ]);
    await expect(migrate(connection, 'x', { readOnly: false, now: T0 })).rejects.toMatchObject({
      code: 'store-newer',
    });
    connection.closeSync();
    db.closeSync();
  });

  it('a newer file, one of something else, and one that is open here already', async () => {
    await make(place.path('newer.duckdb'), [
      'CREATE TABLE migrations (version BIGINT, applied_at BIGINT)',
      'INSERT INTO migrations VALUES (99, 0)',
    ]);
    await expect(openStore({ path: place.path('newer.duckdb') })).rejects.toMatchObject({
      code: 'store-newer',
    });
    await make(place.path('other.duckdb'), ['CREATE TABLE accounts (a INTEGER)']);
    await expect(openStore({ path: place.path('other.duckdb') })).rejects.toMatchObject({
      code: 'not-a-store',
    });
    // DuckDB would take it for a table, by its name.
    writeFileSync(place.path('table.csv'), 'a,b\n');
    await expect(openStore({ path: place.path('table.csv') })).rejects.toMatchObject({ code: 'not-a-store' });
    const store = await openStore({ path: place.path('open.duckdb'), upkeepMs: 0 });
    expect(statSync(place.path('open.duckdb')).mode & 0o777).toBe(0o600);
    await expect(openStore({ path: place.path('open.duckdb') })).rejects.toMatchObject({
      code: 'store-locked',
    });
    await store.close();
    const said: StoreNotice[] = [];
    const say = (notice: StoreNotice): void => void said.push(notice);
    const again = await openStore({ path: place.path('open.duckdb'), upkeepMs: 0, say });
    expect(said).toEqual([]);
    await again.close();
  });
});
