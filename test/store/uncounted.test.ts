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
    const coarse = await keptQuestions(store).rates({ from: T0, to: T0 + 8000 }, 'op', 2000, {});
    expect(coarse.series.map(({ points }) => points)).toEqual([[20, 21, null, 8]]);
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
