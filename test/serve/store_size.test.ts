import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { busyTarget, inFolder } from '../agent/support.ts';
import { event, SHOP, window } from '../store/feed.ts';
import { serve, until } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

const HOUR = 3_600_000;
const LIMIT = 16 * 1024 * 1024;

/** Events of the last hour, until not much more has room. By SQL, which is quick. */
async function fill(path: string): Promise<number> {
  const store = await openStore({ path, upkeepMs: 0 });
  const at = Date.now() - HOUR;
  const events = [event(at, 'delete', 'key')];
  await store.take([{ type: 'events', process: SHOP, sampledEvery: 1, events }, window(at, [])]);
  await store.close();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  let filled = 1;
  for (; bytesOf(path) < 0.81 * LIMIT; filled += 25_000) {
    await connection.run(
      `INSERT INTO events SELECT e.* REPLACE (time_ns + (${filled} + r.range) * 1000000 AS time_ns,
         'key-' || (random() * 1e12)::BIGINT AS key) FROM (SELECT * FROM events ORDER BY time_ns LIMIT 1) e, range(25000) r`,
    );
    await connection.run('CHECKPOINT');
  }
  connection.closeSync();
  instance.closeSync();
  return filled;
}

const bytesOf = (path: string): number =>
  [path, `${path}.wal`].reduce((sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0), 0);

it('--store-size, while a busy program is watched: near the limit the oldest goes, which is said', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 's.duckdb');
    const filled = await fill(path);
    const target = busyTarget();
    open.push(target);
    const args = ['-p', String(target.pid), '--budget', '50%', '--store', path];
    const service = await serve(...args, '--store-size', '16M');
    open.push(service.child);
    let largest = 0;
    await until(async () => {
      largest = Math.max(largest, bytesOf(path));
      const { notices } = await service.status();
      return notices.some(({ message }) => message.includes('the oldest of what takes the most is deleted'));
    });
    // That may be said before the first window is in the store.
    await until(async () => ((await service.totals())['assign'] ?? 0) > 0);
    expect(await service.end()).toBe(0);
    // What is deleted in part is written anew before its place is free: for a while it may be more (docs/store.md).
    expect(Math.max(largest, bytesOf(path))).toBeLessThan(1.5 * LIMIT);

    const store = await openStore({ path, readOnly: true });
    const [row] = await store.reader.read((ask) =>
      ask(`SELECT count(*) FILTER (WHERE pid = ${SHOP.pid}) AS old, count(*) FILTER (WHERE pid = ${target.pid}) AS new
           FROM sampled_events`),
    );
    await store.close();
    expect(Number(row?.['old'])).toBeLessThan(filled);
    expect(Number(row?.['new'])).toBeGreaterThan(0);
  });
});
