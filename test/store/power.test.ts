import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { folder, T0 } from './feed.ts';
import { SyntheticProgram } from './synthetic.ts';

/** `npm run bench -- store` does a hundred times as many, over a day. */
const EVENTS = 10_000_000;
const SECONDS = 100;
const place = folder();
afterAll(() => place.remove());

it('10^7 events from the ring to the store: every sum is right, and memory does not grow with them', async () => {
  const clock = { now: (): number => T0 };
  const now = (): number => clock.now();
  const store = await openStore({ path: place.path('power.duckdb'), now, upkeepMs: 0 });
  const program = new SyntheticProgram(store, T0, EVENTS / SECONDS);
  clock.now = () => program.now;
  // By then everything that grows with the kinds of what happens has grown.
  await program.run(10);
  await store.upkeep();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 9; i++) {
    await program.run(10);
    await store.upkeep();
  }
  // A hundred bytes an event would be three times as much.
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(300);
  const made = [...program.made].sort();
  expect(made.reduce((sum, [, n]) => sum + n, 0)).toBe(EVENTS);
  const sums = async (of: string, column: string): Promise<unknown> =>
    (await store.reader.read((ask) => ask(`SELECT sum(${column}) AS sum FROM ${of}`)))[0]?.['sum'];
  expect(await sums('windows_1s', 'count')).toBe(EVENTS);
  expect(await sums('spans_1s', 'operations')).toBe(EVENTS);
  expect(await sums('(SELECT count(*) AS n FROM events) e', 'n')).toBe(program.sampled);
  expect(program.sampled).toBeGreaterThan(EVENTS / 5000);
  const slice = { from: T0, to: T0 + SECONDS * 1000 };
  const { rates, sites, sites_left, loss } = await keptQuestions(store, { now }).overview(slice);
  expect(rates.series.map(({ name, total }) => [name, total]).sort()).toEqual(made);
  // All events were offered, and those of which there is no row are said to be left out.
  expect(loss).toEqual({ ring_full: 0, sampled: EVENTS - program.sampled, uncounted: [] });
  expect(sites.length + sites_left).toBeGreaterThan(20);
  await store.close();
}, 600_000);
