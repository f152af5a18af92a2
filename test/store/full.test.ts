import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { openStore, type Store, type StoreNotice } from '../../src/store/index.ts';
import { count, event, folder, SHOP, T0, window } from './feed.ts';
import { type SmallDisk, smallDisk } from './small_disk.ts';

const place = folder();
let disks = 0;
let disk: SmallDisk;
beforeEach(() => (disk = smallDisk(place.path(`small-${disks++}`), '24m')));
afterEach(() => disk.remove());
afterAll(() => place.remove());

const sumOf = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((sum, one) => sum + one.count, 0);

it('counts on while the disk is full, says so, and writes all of it when there is room', async () => {
  writeFileSync(disk.path('filler'), Buffer.alloc(10 << 20));
  const path = disk.path('s.duckdb');
  const said: StoreNotice[] = [];
  let at = T0;
  let sum = 0;
  const store = await openStore({ path, now: () => at, upkeepMs: 0, say: (notice) => said.push(notice) });
  const second = async (events: number): Promise<void> => {
    at += 1000;
    const counts = Array.from({ length: 30 }, (_, k) =>
      count('delete', (at / 1000 + k) % 1000, {
        mapAddress: `0xc${(at / 1000 + k * 7919).toString(16).padStart(9, '0')}`,
      }),
    );
    sum += sumOf(counts);
    const some = Array.from({ length: events }, (_, k) =>
      event(at, 'delete', `key-${at}-${k}-${'x'.repeat(60)}`),
    );
    await store.take([{ type: 'events', process: SHOP, sampledEvery: 1, events: some }, window(at, counts)]);
  };
  const kept = async (): Promise<number> => {
    const [row] = await store.reader.read((ask) => ask('SELECT sum(count) AS sum FROM windows_1s'));
    return Number(row?.['sum']);
  };
  for (let i = 0; i < 400 && store.trouble === undefined; i++) await second(500);
  expect(store.trouble).toBe('the disk is full');
  expect(said.at(-1)).toMatchObject({ code: 'store-not-written' });
  expect(said.at(-1)?.message).toContain('counted in memory');
  const before = await kept();
  for (let i = 0; i < 20; i++) await second(1);
  expect(await kept()).toBe(before);
  expect(before).toBeLessThan(sum);
  // It is said once, not each time that it is tried.
  await store.upkeep();
  expect(said).toHaveLength(1);
  disk.makeRoom();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await second(0);
  expect(store.trouble).toBeUndefined();
  expect(said.at(-1)).toMatchObject({ code: 'store-written-again' });
  expect(said.at(-1)?.message).toContain('nothing was lost, counts are whole');
  expect(await kept()).toBe(sum);
  // More at once than there is room for, so that it fails within DuckDB's own writing.
  await second(40_000);
  await second(40_000);
  if (store.trouble !== undefined) expect(store.trouble).toBe('the disk is full');
  await store.close();
  const again = await openStore({ path, now: () => at, upkeepMs: 0, readOnly: true });
  const [row] = await again.reader.read((ask) =>
    ask('SELECT sum(count) AS sum, (SELECT sum(operations) FROM spans_1s) AS spans FROM windows_1s'),
  );
  // What was written is whole windows, and nothing twice.
  expect(row?.['sum']).toBe(row?.['spans']);
  expect(Number(row?.['sum'])).toBeLessThanOrEqual(sum);
  await again.close();
});

/** Windows of a second each, with one event, from that second on. */
async function feed(store: Store, first: number, seconds: number): Promise<void> {
  for (let i = first; i < first + seconds; i++) {
    const at = T0 + i * 1000;
    const events = [event(at, 'delete', `key-${i}`)];
    await store.take([
      { type: 'events', process: SHOP, sampledEvery: 1, events },
      window(at, [count('delete', 100)]),
    ]);
  }
}

const sumAt = async (path: string): Promise<unknown> => {
  const store = await openStore({ path, readOnly: true });
  const [row] = await store.reader.read((ask) => ask('SELECT sum(count) AS sum FROM windows_1s'));
  await store.close();
  return row?.['sum'];
};

it('says at the end what could not be written, and the next run says the gap', async () => {
  const path = disk.path('s.duckdb');
  let said: StoreNotice[] = [];
  let at = T0;
  const options = { path, now: () => at, upkeepMs: 0, say: (notice: StoreNotice) => said.push(notice) };
  const store = await openStore(options);
  await feed(store, 0, 5);
  disk.fill();
  at = T0 + 6000;
  await feed(store, 5, 12);
  await store.close();
  expect(said.map(({ code }) => code)).toEqual(['store-not-written', 'store-lost']);
  expect(said[1]?.message).toBe(
    'The store could not be written at the end: the disk is full. What was seen since 2026-03-01T12:00:05Z is lost: 12 seconds with 1,200 operations, 12 sampled events',
  );
  expect(said[1]?.hint).toContain('Make room');
  expect(await sumAt(path)).toBe(500);

  disk.makeRoom();
  said = [];
  at = T0 + 60_000;
  const again = await openStore(options);
  expect(said.map(({ code }) => code)).toEqual(['store-gap']);
  expect(said[0]?.message).toContain('what it saw after 2026-03-01T12:00:05Z is not in the store');
  const gaps = await again.reader.read((ask) => ask('SELECT from_at, to_at, cause, message FROM gaps'));
  expect(gaps).toEqual([
    { from_at: T0 + 5000, to_at: T0 + 60_000, cause: 'unclosed', message: said[0]?.message },
  ]);
  await again.close();
  // It is told once.
  said = [];
  await (await openStore(options)).close();
  expect(said).toEqual([]);
});

it('says at the end too where nothing was said before', async () => {
  const said: StoreNotice[] = [];
  const store = await openStore({
    path: disk.path('s.duckdb'),
    now: () => T0,
    upkeepMs: 0,
    say: (notice) => said.push(notice),
  });
  // An event waits for its window.
  await store.take([
    { type: 'events', process: SHOP, sampledEvery: 1, events: [event(T0, 'delete', 'key')] },
  ]);
  disk.fill();
  await store.close();
  expect(said.map(({ code }) => code)).toEqual(['store-lost']);
  expect(said[0]?.message).toContain('is lost: 1 sampled event');
});

it('writes at the end what has room by then', async () => {
  const path = disk.path('s.duckdb');
  const said: StoreNotice[] = [];
  const store = await openStore({ path, now: () => T0, upkeepMs: 0, say: (notice) => said.push(notice) });
  disk.fill();
  await feed(store, 0, 3);
  disk.makeRoom();
  await store.close();
  expect(said.map(({ code }) => code)).toEqual(['store-not-written', 'store-written-again']);
  expect(await sumAt(path)).toBe(300);
});

it('writes at the end into what is kept back for the log', async () => {
  const path = disk.path('s.duckdb');
  const said: StoreNotice[] = [];
  const options = { path, now: () => T0, upkeepMs: 0, say: (notice: StoreNotice) => said.push(notice) };
  const store = await openStore(options);
  disk.fill(1024 * 1024);
  await feed(store, 0, 3);
  expect(store.trouble).toBe('the disk is full');
  expect(await store.reader.read((ask) => ask('SELECT count(*) AS n FROM windows_1s'))).toEqual([{ n: 0 }]);
  await store.close();
  expect(said.map(({ code }) => code)).toEqual(['store-not-written', 'store-written-again']);
  expect(await sumAt(path)).toBe(300);
  // The end is marked too.
  await (await openStore(options)).close();
  expect(said).toHaveLength(2);
});

it.each([0, 4096, 8192, 12_288, 16_384])(
  'refuses a new store with %i bytes of room, and leaves no file',
  async (room) => {
    disk.fill(room);
    await expect(openStore({ path: disk.path('s.duckdb') })).rejects.toMatchObject({
      code: 'disk-full',
      message: `${disk.path('s.duckdb')} cannot be opened: the disk is full`,
      hint: 'Make room on it, or name a file on another one.',
    });
    expect(disk.files()).toEqual([]);
  },
);

it('refuses one that is there in the same words, and keeps what is in it', async () => {
  const path = disk.path('s.duckdb');
  const store = await openStore({ path, now: () => T0, upkeepMs: 0 });
  await feed(store, 0, 5);
  await store.close();
  disk.fill();
  await expect(openStore({ path })).rejects.toMatchObject({
    code: 'disk-full',
    message: `${path} cannot be opened: the disk is full`,
  });
  expect(disk.files()).toEqual(['s.duckdb']);
  expect(await sumAt(path)).toBe(500);
  disk.makeRoom();
  const again = await openStore({ path, now: () => T0, upkeepMs: 0 });
  await again.close();
  expect(await sumAt(path)).toBe(500);
});

it('refuses one whose log was never taken in, and keeps the log', async () => {
  const [path, from] = [disk.path('s.duckdb'), place.path('killed.duckdb')];
  const store = await openStore({ path: from, now: () => T0, upkeepMs: 0 });
  await feed(store, 0, 5);
  // As a run leaves it that is killed now.
  for (const part of ['', '.wal']) copyFileSync(`${from}${part}`, `${path}${part}`);
  await store.close();
  disk.fill();
  await expect(openStore({ path })).rejects.toMatchObject({ code: 'disk-full' });
  expect(existsSync(`${path}.wal`)).toBe(true);
  disk.makeRoom();
  const said: string[] = [];
  const again = await openStore({ path, upkeepMs: 0, say: ({ code }) => said.push(code) });
  expect(said).toEqual(['store-gap']);
  // What the refused start left at the log's end does not hide what comes after it.
  await feed(again, 5, 5);
  for (const part of ['', '.wal']) copyFileSync(`${path}${part}`, `${from}${part}`);
  await again.close();
  for (const one of [path, from]) expect(await sumAt(one)).toBe(1000);
});
