import { copyFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { FeedItem } from '../../src/model/feed.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { ApiFinding } from '../../src/protocol/api.ts';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore, type Store, type StoreNotice } from '../../src/store/index.ts';
import { folder, SHOP, T0, window } from './feed.ts';

const place = folder();
afterAll(() => place.remove());
const HOUR = 3_600_000;

describe('a finding', () => {
  const DAY = 24 * HOUR;
  const finding = (state: Finding['state'], id = 'leak'): Finding => ({
    type: 'finding',
    id,
    rule: 'leak',
    severity: 'warning',
    state,
    title: 'leak: it grows',
    subject: { process: SHOP },
    evidence: [],
    since: T0,
    firedAt: T0,
    lastSeen: T0,
  });
  const statesOf = async (store: Store, now: number): Promise<string[]> =>
    (await keptQuestions(store).findings({ from: T0 - DAY, to: now })).findings.map(
      ({ id, state }) => `${id} ${state}`,
    );

  it('is kept as long as it fires, and for as long as other facts when it is over', async () => {
    let at = T0;
    const store = await openStore({ memory: true, now: () => at, upkeepMs: 0 });
    await store.take([
      { type: 'finding', at, finding: finding('firing') },
      { type: 'finding', at, finding: finding('firing', 'over') },
      { type: 'finding', at: at + 1, finding: finding('resolved', 'over') },
    ]);
    at += 45 * DAY;
    await store.upkeep();
    expect(await statesOf(store, at)).toEqual(['leak firing']);
    await store.take([{ type: 'finding', at, finding: finding('resolved') }]);
    at += 20 * DAY;
    await store.upkeep();
    expect(await statesOf(store, at)).toEqual(['leak resolved']);
    at += 20 * DAY;
    await store.upkeep();
    expect(await statesOf(store, at)).toEqual([]);
    await store.close();
  });

  it('of a run that has ended is kept as other facts are', async () => {
    let at = T0;
    const options = { path: place.path('findings.duckdb'), now: () => at, upkeepMs: 0 };
    const first = await openStore(options);
    await first.take([{ type: 'finding', at, finding: finding('firing') }]);
    await first.close();
    at += 20 * DAY;
    const second = await openStore(options);
    await second.upkeep();
    expect(await statesOf(second, at)).toEqual(['leak resolved']);
    at += 20 * DAY;
    await second.upkeep();
    expect(await statesOf(second, at)).toEqual([]);
    await second.close();
  });
});

describe('a finding that fires again', () => {
  const firing = (firedAt: number, state: Finding['state'] = 'firing'): FeedItem => ({
    type: 'finding',
    at: state === 'firing' ? firedAt : firedAt + 5000,
    finding: {
      type: 'finding',
      id: 'storm',
      rule: 'storm',
      severity: 'warning',
      state,
      title: 'many deletes',
      subject: { process: SHOP },
      evidence: [{ text: '900/s', from: firedAt, to: firedAt + 1 }],
      since: firedAt,
      firedAt,
      lastSeen: firedAt + 1000,
    },
  });
  const ask = async (store: Store, now: number): Promise<readonly ApiFinding[]> =>
    (await keptQuestions(store).findings({ from: T0, to: now })).findings;

  it('is one more', async () => {
    const store = await openStore({ memory: true, now: () => T0, upkeepMs: 0 });
    await store.take([firing(T0), firing(T0, 'resolved'), firing(T0 + 20_000), window(T0 + 21_000, [])]);
    const [again, first, ...more] = await ask(store, T0 + 30_000);
    expect(more).toEqual([]);
    expect(again).toMatchObject({ id: 'storm', state: 'firing', fired_at: T0 + 20_000 });
    expect(first).toMatchObject({ id: 'storm', state: 'resolved', fired_at: T0 });
    const { rows } = await keptQuestions(store, { now: () => T0 + 30_000 }).query('findings by rule');
    expect(rows).toEqual([['storm', 2]]);
    await store.close();
  });

  it.each(['closed', 'killed'])('is over when its run was %s: nobody sees how it goes on', async (how) => {
    const options = { path: place.path(`${how}.duckdb`), now: () => T0 + 60_000, upkeepMs: 0 };
    const first = await openStore(options);
    await first.take([firing(T0), firing(T0, 'resolved'), firing(T0 + 20_000)]);
    await first.take([window(T0 + 28_000, [])]);
    expect(await ask(first, T0 + 30_000)).toMatchObject([{ state: 'firing' }, { state: 'resolved' }]);
    // As it lies on the disk at that moment.
    const killed = place.path('left.duckdb');
    for (const end of ['', '.wal']) copyFileSync(options.path + end, killed + end);
    await first.close();
    const notices: StoreNotice[] = [];
    const second = await openStore({
      ...options,
      ...(how === 'closed' ? {} : { path: killed }),
      say: (notice) => notices.push(notice),
    });
    expect(notices.map(({ code }) => code)).toEqual(how === 'closed' ? [] : ['store-gap']);
    const [again, before] = await ask(second, T0 + 30_000);
    expect(again).toMatchObject({ state: 'resolved', fired_at: T0 + 20_000, last_seen: T0 + 21_000 });
    expect(again?.evidence.slice(1)).toEqual([
      {
        text: 'Over: mapaudit ended, and nobody saw how it went on.',
        from: T0 + 21_000,
        to: T0 + 29_000,
      },
    ]);
    expect(before?.evidence).toHaveLength(1);
    // It fires again, and is another one.
    await second.take([firing(T0 + 40_000), window(T0 + 41_000, [])]);
    expect((await ask(second, T0 + 60_000)).map(({ state }) => state)).toEqual([
      'firing',
      'resolved',
      'resolved',
    ]);
    await second.close();
  });
});
