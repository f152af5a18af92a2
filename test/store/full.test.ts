import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { count, event, folder, SHOP, T0, window } from './feed.ts';

const place = folder();
const small = place.path('small');
beforeAll(() => {
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
});
afterAll(() => {
  execFileSync('umount', [small]);
  place.remove();
});

const sumOf = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((sum, one) => sum + one.count, 0);

it('counts on while the disk is full, says so, and writes all of it when there is room', async () => {
  writeFileSync(`${small}/filler`, Buffer.alloc(10 << 20));
  const path = `${small}/s.duckdb`;
  let at = T0;
  let sum = 0;
  const store = await openStore({ path, now: () => at, upkeepMs: 0 });
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
  expect(store.notices.at(-1)?.message).toContain('counted in memory');
  const before = await kept();
  for (let i = 0; i < 20; i++) await second(1);
  expect(await kept()).toBe(before);
  expect(before).toBeLessThan(sum);
  rmSync(`${small}/filler`);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await second(0);
  expect(store.trouble).toBeUndefined();
  expect(store.notices.at(-1)?.message).toContain('nothing was lost, counts are whole');
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
