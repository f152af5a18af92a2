import { afterEach, beforeEach, expect, it } from 'vitest';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { count, T0, window } from './feed.ts';

let store: Store;
beforeEach(async () => {
  store = await openStore({ memory: true, upkeepMs: 0 });
  await store.take([window(T0, [count('delete', 1)])]);
});
afterEach(() => store.close());

/** Longer than anybody waits. */
const ENDLESS = 'SELECT sum(a.range * b.range) AS sum FROM range(10000000) a, range(10000000) b';

it.each([
  ['a question of ours', (signal: AbortSignal) => store.reader.read((ask) => ask(ENDLESS), signal)],
  ['a statement', (signal: AbortSignal) => store.sql(ENDLESS, { ms: 3_600_000, signal })],
])('%s is interrupted when nobody waits for it any more', { timeout: 60_000 }, async (_, ask) => {
  const gone = new AbortController();
  const answer = expect(ask(gone.signal)).rejects.toMatchObject({ code: 'nobody-waits' });
  setTimeout(() => gone.abort(), 300);
  await answer;
  // One that comes too late is not begun.
  await expect(ask(gone.signal)).rejects.toMatchObject({ code: 'nobody-waits' });
  expect(await store.reader.read((more) => more('SELECT count FROM windows_1s'))).toEqual([{ count: 1 }]);
});

it('questions for somebody who has gone are not answered, those of others are', async () => {
  const slice = { from: T0, to: T0 + 1000 };
  const kept = keptQuestions(store);
  const gone = kept.endingWith?.(AbortSignal.abort());
  await expect(gone?.events(slice, {}, {})).rejects.toMatchObject({ code: 'nobody-waits' });
  await expect(gone?.query('deletes')).rejects.toMatchObject({ code: 'nobody-waits' });
  await expect(gone?.sql('SELECT 1 AS one')).rejects.toMatchObject({ code: 'nobody-waits' });
  expect((await kept.events(slice, {}, {})).events).toEqual([]);
});
