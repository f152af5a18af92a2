import { expect, it } from 'vitest';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore } from '../../src/store/index.ts';
import { count, SHOP, T0, window } from './feed.ts';

const SHOP_ID = `4242-${T0 - 60_000}`;

it('a window that is longer than a second is spread over its seconds, and so is what was not counted in it', async () => {
  const store = await openStore({ memory: true, now: () => T0 + 30_000, upkeepMs: 0 });
  try {
    const long = { lengthMs: 3000 };
    await store.take([
      window(T0, [count('delete', 10)]),
      window(T0 + 1000, [count('delete', 31)], long),
      window(T0 + 4000, [], { ...long, uncounted: [{ process: SHOP, ops: 'all', ms: 3000 }] }),
      window(T0 + 7000, [count('delete', 8)]),
    ]);
    const { rates } = await keptQuestions(store).overview({ from: T0, to: T0 + 8000 });
    expect(rates.series.map(({ total, points }) => [total, points])).toEqual([
      [49, [10, 10, 11, 10, null, null, null, 8]],
    ]);
    expect(rates.uncounted).toEqual([0, 0, 0, 0, 1000, 1000, 1000, 0]);
    expect(rates.recorded).toEqual(new Array(8).fill(1000));
    const coarse = await keptQuestions(store).rates({ from: T0, to: T0 + 8000 }, 'op', 2000, {});
    expect(coarse.series.map(({ points }) => points)).toEqual([[20, 21, null, 8]]);
    expect(coarse.recorded).toEqual([2000, 2000, 2000, 2000]);
    // A step that has begun before what is asked for, and one that is not over.
    const open = await keptQuestions(store).rates({ from: T0 + 1000, to: T0 + 30_000 }, 'op', 5000, {});
    expect(open.recorded).toEqual([4000, 3000, 0, 0, 0, 0]);
    // What is asked for may end within the window: its sum is told all the same.
    const part = await keptQuestions(store).rates({ from: T0, to: T0 + 3000 }, 'op', 1000, {});
    expect(part.series.map(({ total, points }) => [total, points])).toEqual([[41, [10, 10, 21]]]);
  } finally {
    await store.close();
  }
});

it('what was not counted is a gap and no 0, and is said', async () => {
  const store = await openStore({ memory: true, now: () => T0 + 30_000, upkeepMs: 0 });
  try {
    const not = (ops: 'all' | 'reads', ms: number): object => ({ uncounted: [{ process: SHOP, ops, ms }] });
    await store.take([
      window(T0, [count('delete', 10), count('access', 4)]),
      window(T0 + 1000, [count('delete', 3)], not('all', 600)),
      window(T0 + 2000, [], not('all', 1000)),
      window(T0 + 3000, [count('delete', 5)], not('reads', 1000)),
      window(T0 + 4000, []),
    ]);
    const questions = keptQuestions(store);
    const slice = { from: T0, to: T0 + 5000 };
    const { rates, loss } = await questions.overview(slice);
    const points = Object.fromEntries(rates.series.map((one) => [one.name, one.points]));
    expect(points).toEqual({ delete: [10, 3, null, 5, 0], access: [4, null, null, null, 0] });
    expect(rates.uncounted).toEqual([0, 600, 1000, 1000, 0]);
    expect(loss.uncounted).toEqual([
      { process: SHOP_ID, ops: 'all', ms: 1600 },
      { process: SHOP_ID, ops: 'reads', ms: 1000 },
    ]);
    const deletes = await questions.rates({ ...slice, op: 'delete' }, 'process', 1000, {});
    expect(deletes.series.map((one) => one.points)).toEqual([[10, 3, null, 5, 0]]);
    expect(deletes.uncounted).toEqual([0, 600, 1000, 0, 0]);
    // Another process was counted all the time.
    const other = await questions.rates({ ...slice, process: '1-1' }, 'op', 1000, {});
    expect(other.uncounted).toBeUndefined();
  } finally {
    await store.close();
  }
});

it('a question in words says what was not counted, and its rates are over the rest', async () => {
  const store = await openStore({ memory: true, now: () => T0 + 30_000, upkeepMs: 0 });
  try {
    const other = { ...SHOP, pid: 4243, name: 'other' };
    const not = (ops: 'all' | 'reads', ms: number): object => ({ uncounted: [{ process: SHOP, ops, ms }] });
    await store.take([
      window(T0, [count('delete', 30), count('access', 8), count('delete', 40, { process: other })]),
      window(T0 + 1000, [], not('all', 1000)),
      window(T0 + 2000, [count('delete', 6)], not('reads', 1000)),
      window(T0 + 3000, [], not('all', 1000)),
    ]);
    const ask = async (text: string): Promise<object> => {
      const { columns, rows, uncounted } = await keptQuestions(store, { now: () => T0 + 30_000 }).query(text);
      return { names: columns.map(({ name }) => name), rows, uncounted };
    };
    const all = { process: SHOP_ID, ops: 'all', ms: 2000 };
    const reads = { process: SHOP_ID, ops: 'reads', ms: 1000 };
    const OTHER_ID = SHOP_ID.replace('4242', '4243');
    expect(await ask('deletes by process')).toMatchObject({
      rows: [
        [OTHER_ID, 40, 10],
        [SHOP_ID, 36, 18],
      ],
      uncounted: [all],
    });
    expect(await ask('deletes')).toMatchObject({ rows: [[76, 28]], uncounted: [all] });
    expect(await ask('accesses by process')).toMatchObject({
      rows: [[SHOP_ID, 8, 8]],
      uncounted: [all, reads],
    });
    expect(await ask('operations by op where process = shop')).toMatchObject({
      rows: [
        ['delete', 36, 18],
        ['access', 8, 8],
      ],
      uncounted: [all, reads],
    });
    expect(await ask('operations where op != access and op != iterate')).toMatchObject({ uncounted: [all] });
    expect(await ask('deletes by second')).toMatchObject({ uncounted: [all] });
    expect(await ask('deletes by key')).toMatchObject({ rows: [], uncounted: [all] });
    expect(await ask('growth')).toMatchObject({ uncounted: [all] });
    expect(await ask('deletes where process = other')).toEqual({
      names: ['count', 'per_second'],
      rows: [[40, 10]],
      uncounted: undefined,
    });
    expect(await ask('deletes where process = nobody')).toMatchObject({ rows: [] });
  } finally {
    await store.close();
  }
});

it('is known for as long as there are windows, as finely as they', async () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;
  let now = T0;
  const store = await openStore({ memory: true, now: () => now, upkeepMs: 0 });
  try {
    const uncounted = [{ process: SHOP, ops: 'all', ms: 400 }] as const;
    for (let i = 0; i < 150; i++)
      await store.take([window(T0 + i * 1000, [count('delete', 6)], i % 2 === 0 ? { uncounted } : {})]);
    const rows = async (): Promise<unknown> =>
      (await store.sql('SELECT start, ops, ms FROM uncounted ORDER BY start')).rows;
    const asked = async (): Promise<unknown> => {
      const { rows: answer, uncounted: said } = await keptQuestions(store, { now: () => now }).query(
        'deletes since 2026-03-01T12:00 until 2026-03-01T13:00',
      );
      return [answer, said];
    };
    const exact = [[[900, 7.5]], [{ process: SHOP_ID, ops: 'all', ms: 30_000 }]];
    now = T0 + 10 * 60_000;
    await store.upkeep();
    expect(await rows()).toHaveLength(75);
    expect(await asked()).toEqual(exact);
    now = T0 + DAY;
    await store.upkeep();
    await store.upkeep();
    expect(await rows()).toEqual([
      [T0, 'all', 12_000],
      [T0 + 60_000, 'all', 12_000],
      [T0 + 120_000, 'all', 6000],
    ]);
    expect(await asked()).toEqual(exact);
    now = T0 + 60 * DAY;
    await store.upkeep();
    expect(await rows()).toEqual([[T0, 'all', 30_000]]);
    expect(await asked()).toEqual(exact);
    now = T0 + 500 * DAY;
    await store.upkeep();
    expect(await rows()).toEqual([]);
  } finally {
    await store.close();
  }
});
