import { expect, it } from 'vitest';
import type { ApiMap, ApiSlice } from '../../src/protocol/api.ts';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore } from '../../src/store/index.ts';
import { count, SESSIONS, SHOP, T0, USERS, window } from './feed.ts';

it('a map at an address is never that of another process, or of another type, with it', async () => {
  const store = await openStore({ memory: true, now: () => T0 + 30_000, upkeepMs: 0 });
  try {
    const other = { ...SHOP, pid: 4243 };
    const { mapType: _, ...untyped } = count('access', 4);
    await store.take([
      window(T0, [count('delete', 10), count('delete', 200, { process: other }), untyped]),
      window(T0 + 1000, [count('delete', 3000, { mapType: USERS })]),
      window(T0 + 2000, []),
    ]);
    const [one, two] = ['4242', '4243'].map((pid) => `${pid}-${T0 - 60_000}`);
    const map = '0xc000123450';
    const slice = { from: T0, to: T0 + 2000, map };
    const ask = (asked: ApiSlice): Promise<ApiMap> => keptQuestions(store).map(asked);
    await expect(ask(slice)).rejects.toMatchObject({
      code: 'slice',
      message: `2 maps are at ${map} in this time`,
      hint: `Say which: process=${one}, or process=${two}.`,
    });
    await expect(ask({ ...slice, process: one! })).rejects.toMatchObject({
      code: 'slice',
      hint: `Say which: map_type=${SESSIONS}, or map_type=${USERS}.`,
    });
    const totals = async (more: object): Promise<unknown> =>
      (await ask({ ...slice, ...more })).rates.series.map(({ op, total }) => [op, total]);
    expect(await totals({ process: two })).toEqual([['delete', 200]]);
    expect(await totals({ process: one, map_type: USERS })).toEqual([['delete', 3000]]);
    // Before another type had a map there, there was one.
    expect(await totals({ process: one, to: T0 + 1000 })).toEqual([
      ['delete', 10],
      ['access', 4],
    ]);
  } finally {
    await store.close();
  }
});
