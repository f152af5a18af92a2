import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { count, event, EVICT, LOGIN, SESSIONS, SHOP, T0, USERS, window } from './feed.ts';

const now = T0 + 60_000;
const PROCESS = `4242-${T0 - 60_000}`;
let store: Store;
beforeAll(async () => {
  store = await openStore({ memory: true, now: () => now, upkeepMs: 0 });
  const subject = { process: SHOP, site: EVICT, mapType: SESSIONS };
  await store.take([
    window(T0, [count('delete', 10, { found: 4, notFound: 1 }), count('assign', 5)]),
    window(T0 + 1000, [count('delete', 2, { mapType: USERS, mapAddress: '0xc000200000', site: LOGIN })]),
    {
      type: 'maps',
      at: T0,
      process: SHOP,
      maps: [{ mapType: SESSIONS, mapAddress: '0xc000123450', name: 'main.sessions', entries: 1 }],
      left: 0,
    },
    {
      type: 'growth',
      at: T0 + 10,
      process: SHOP,
      mapType: SESSIONS,
      mapAddress: '0xc000123450',
      op: 'grow',
      movedBytes: 640,
      durationNs: 2_000_000,
      site: LOGIN,
    },
    {
      type: 'events',
      process: SHOP,
      sampledEvery: 1,
      events: ['a', 'b', 'a'].map((key, i) => event(T0 + i, 'delete', key)),
    },
    {
      type: 'finding',
      at: T0 + 10,
      finding: {
        type: 'finding',
        id: 'x',
        rule: 'delete-storm',
        severity: 'warning',
        state: 'firing',
        title: 'many deletes',
        subject,
        evidence: [],
        since: T0,
        firedAt: T0 + 10,
        lastSeen: T0 + 20,
      },
    },
    window(T0 + 2000, []),
  ]);
});
afterAll(() => store.close());

const table = async (text: string): Promise<unknown> => {
  const { columns, rows, left } = await keptQuestions(store, { now: () => now }).query(text);
  return { columns: columns.map(({ name }) => name), rows, left };
};

describe('questions in words', () => {
  it.each([
    [
      'deletes by site',
      ['site', 'file', 'line', 'count', 'per_second'],
      [
        [EVICT.function, EVICT.file, 88, 10, 3.333],
        [LOGIN.function, LOGIN.file, 12, 2, 0.6667],
      ],
    ],
    ['deletes by type where site ~ login', ['type', 'count', 'per_second'], [[USERS, 2, 0.6667]]],
    ["deletes by type where type !~ 'User'", ['type', 'count', 'per_second'], [[SESSIONS, 10, 3.333]]],
    [
      'operations',
      ['op', 'count', 'per_second'],
      [
        ['delete', 12, 4],
        ['assign', 5, 1.667],
      ],
    ],
    ['deletes', ['count', 'per_second'], [[12, 4]]],
    ['deletes by found', ['count', 'found', 'not_found', 'unknown', 'per_second'], [[12, 4, 1, 7, 4]]],
    [
      'deletes by map where map = 0xc000200000',
      ['map', 'type', 'process', 'count', 'per_second'],
      [['0xc000200000', USERS, PROCESS, 2, 0.6667]],
    ],
    ['writes by process where map = main.sessions', ['process', 'count', 'per_second'], [[PROCESS, 15, 5]]],
    [
      'operations by op where op = assign and process = shop',
      ['op', 'count', 'per_second'],
      [['assign', 5, 1.667]],
    ],
    [
      'deletes by second',
      ['second', 'count'],
      [
        [T0, 10],
        [T0 + 1000, 2],
      ],
    ],
    [
      'deletes by site where site = cache.go:88',
      ['site', 'file', 'line', 'count', 'per_second'],
      [[EVICT.function, EVICT.file, 88, 10, 3.333]],
    ],
    [
      'deletes by key',
      ['key', 'sampled'],
      [
        ['"a"', 2],
        ['"b"', 1],
      ],
    ],
    ['deletes by key, found where key ~ [b-z]', ['key', 'sampled', 'found', 'not_found'], [['"b"', 1, 1, 0]]],
    ['growth', ['op', 'steps', 'moved_bytes', 'duration_ms'], [['grow', 1, 640, 2]]],
    [
      'growth by site',
      ['site', 'file', 'line', 'steps', 'moved_bytes', 'duration_ms'],
      [[LOGIN.function, LOGIN.file, 12, 1, 640, 2]],
    ],
    ['findings by rule', ['rule', 'findings'], [['delete-storm', 1]]],
    [
      "findings where rule ~ 'storm$'",
      ['fired', 'state', 'severity', 'rule', 'title', 'process'],
      [[T0 + 10, 'firing', 'warning', 'delete-storm', 'many deletes', PROCESS]],
    ],
    ["findings where rule = 'leak'", ['fired', 'state', 'severity', 'rule', 'title', 'process'], []],
    ['deletes by minute since 12:00 until 12:01', ['minute', 'count'], [[T0, 12]]],
  ])('%s', async (text, columns, rows) => {
    expect(await table(text)).toEqual({ columns, rows, left: 0 });
  });

  it('a map by its name is none of another process, or another type, at the same address', async () => {
    const one = await openStore({ memory: true, now: () => now, upkeepMs: 0 });
    const at = { mapAddress: '0xc000123450' };
    const other = { ...SHOP, pid: 4243 };
    await one.take([
      window(T0, [
        count('delete', 10, at),
        count('delete', 200, { ...at, mapType: USERS }),
        count('delete', 3000, { ...at, process: other }),
      ]),
      {
        type: 'maps',
        at: T0,
        process: SHOP,
        maps: [{ mapType: SESSIONS, ...at, name: 'main.sessions', entries: 1 }],
        left: 0,
      },
      window(T0 + 1000, []),
    ]);
    const { rows } = await keptQuestions(one, { now: () => now }).query('deletes where map = main.sessions');
    expect(rows.map(([deletes]) => deletes)).toEqual([10]);
    await one.close();
  });

  it('what fires still is counted as it is listed, however long ago it was told', async () => {
    for (const text of ['findings last 10s', 'findings by rule last 10s'])
      expect(await table(text)).toMatchObject({ rows: [expect.arrayContaining(['delete-storm'])] });
  });

  it('says how many rows there are beyond the top', async () => {
    expect(await table('deletes by site top 1')).toMatchObject({
      rows: [[EVICT.function, {}, 88, 10, 3.333]].map((row) => [row[0], EVICT.file, 88, 10, 3.333]),
      left: 1,
    });
  });

  it.each([
    ["deletes where type ~ '('", 'type is not a regular expression', 21],
    ['deletes by site where key = a', 'counts know no keys', 28],
    ['deletes by rule', 'not known by rule', 11],
    ['growth by key', 'growth is not known by key', 10],
    ['findings where op = delete', 'findings have no operation', 20],
    ["deletes where op ~ 'del'", 'compared with = or !=', 19],
  ])('%s: a fault that points', async (text, message, position) => {
    await expect(table(text)).rejects.toMatchObject({
      code: 'usage-query',
      message: expect.stringContaining(message) as string,
      fields: { position },
    });
  });
});
