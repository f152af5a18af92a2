import { expect, test } from 'vitest';
import type { FeedItem, ServedEvent } from '../../model/feed.ts';
import type { ApiLive } from '../../protocol/api.ts';
import type { ApiTotals } from '../../protocol/api_totals.ts';
import { LiveHub } from './live_hub.ts';
import { StatusBook } from './status_book.ts';

const event = (i: number, type = 'map[string]int'): ServedEvent => ({
  type: 'event',
  time: '2026-03-01T12:01:33.102000417Z',
  op: 'delete',
  function: 'runtime.mapdelete_faststr',
  map: { address: '0xc000', type },
  key: { text: `"k${i}"` },
  thread: 1,
  caller: { function: 'main.f', file: 'main.go', line: 3, inlined: false },
});
const events = (all: readonly ServedEvent[]): FeedItem => ({
  type: 'events',
  process: { pid: 7, started: 5, name: 'p' },
  sampledEvery: 1,
  events: all,
});

function hubOf(totals?: () => readonly ApiTotals[]): LiveHub {
  const book = new StatusBook({
    version: '1',
    notices: () => [],
    store: () => undefined,
    dropped: () => [],
    toCome: () => 0,
  });
  return new LiveHub(() => book.status(), totals);
}

/** Takes messages until `enough`. */
async function take(
  messages: AsyncIterable<ApiLive>,
  enough: (all: ApiLive[]) => boolean,
): Promise<ApiLive[]> {
  const all: ApiLive[] = [];
  for await (const message of messages) {
    all.push(message);
    if (enough(all)) break;
  }
  return all;
}

const hasEvents = (all: ApiLive[]): boolean => all.some(({ type }) => type === 'events');

test('a client that is behind gets a thousand events, and how many it has missed', async () => {
  const hub = hubOf();
  const stop = new AbortController();
  const messages = hub.live({}, { events: true }, stop.signal);
  const taking = take(messages, hasEvents);
  await new Promise((resolve) => setImmediate(resolve));
  hub.take([events(Array.from({ length: 2500 }, (_, i) => event(i)))]);
  const last = (await taking).at(-1);
  expect(last).toMatchObject({ type: 'events', skipped: 1500 });
  expect(last?.type === 'events' ? last.events.length : 0).toBe(1000);
  await hub.close();
});

test('each client gets what it asked for', async () => {
  const hub = hubOf();
  const filters = [
    { map: 'string' },
    { key: 'k1' },
    { site: 'main\\.go:3' },
    { process: '7-5', map: '0xc000' },
  ];
  const none = [{ map: '^int' }, { process: '8' }, { op: 'assign' as const }, { goid: 4 }];
  const stop = new AbortController();
  const got = filters.map((filter) => take(hub.live(filter, { events: true }, stop.signal), hasEvents));
  const empty = none.map((filter) => take(hub.live(filter, { events: true }, stop.signal), () => false));
  await new Promise((resolve) => setImmediate(resolve));
  hub.take([events([event(1), event(2)])]);
  const lengths = (await Promise.all(got)).map((all) => {
    const last = all.at(-1);
    return last?.type === 'events' ? last.events.length : 0;
  });
  expect(lengths).toEqual([2, 1, 2, 2]);
  stop.abort();
  for (const all of await Promise.all(empty)) expect(hasEvents(all)).toBe(false);
  await hub.close();
});

test('an expression that takes for ever ends its own stream alone', async () => {
  const hub = hubOf();
  const stop = new AbortController();
  const bad = take(hub.live({ map: '^(a+)+$' }, { events: true }, stop.signal), () => false);
  const good = take(hub.live({}, { events: true }, stop.signal), hasEvents);
  await new Promise((resolve) => setImmediate(resolve));
  hub.take([events([event(1, `${'a'.repeat(60)}!`)])]);
  await expect(bad).rejects.toMatchObject({ code: 'bad-parameter' });
  expect(hasEvents(await good)).toBe(true);
  await hub.close();
});

const totalsOf = (count: number): ApiTotals[] =>
  ['7-5', '8-5'].map((process) => ({
    process,
    counts: [
      { op: 'delete', count },
      { op: 'assign', count },
    ],
  }));

test('totals are read for those who want them, as often as they want them', async () => {
  let reads = 0;
  const hub = hubOf(() => totalsOf(++reads));
  const stop = new AbortController();
  const without = take(hub.live({}, { events: true }, stop.signal), () => false);
  const want = { events: false, totalsMs: 5 };
  const filter = { process: '8-5', op: 'delete' as const };
  const isTotals = (all: ApiLive[]): boolean => all.filter(({ type }) => type === 'totals').length === 2;
  const [last, narrowed] = (
    await Promise.all([
      take(hub.live({}, want, stop.signal), isTotals),
      take(hub.live(filter, want, stop.signal), isTotals),
    ])
  ).map((all) => all.at(-1));
  expect(last).toMatchObject({ type: 'totals', processes: [{ process: '7-5' }, { process: '8-5' }] });
  expect(narrowed).toMatchObject({
    processes: [{ process: '8-5', counts: [{ op: 'delete', count: expect.any(Number) as number }] }],
  });
  expect(narrowed).not.toMatchObject({ processes: [{}, {}] });
  stop.abort();
  expect((await without).map(({ type }) => type)).toEqual(['status']);
  const before = reads;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(reads).toBe(before);
  await hub.close();
});

test('so many clients may have totals closely, and others more seldom', async () => {
  const hub = hubOf(() => totalsOf(1));
  const stop = new AbortController();
  const follow = (totalsMs: number): Promise<ApiLive[]> =>
    take(hub.live({}, { events: false, totalsMs }, stop.signal), () => false);
  const close = Array.from({ length: 16 }, () => follow(20));
  expect(() => hub.live({}, { events: false, totalsMs: 20 }, stop.signal)).toThrow(
    expect.objectContaining({ code: 'too-many-clients' }),
  );
  const seldom = follow(100);
  stop.abort();
  await Promise.all([...close, seldom]);
  const again = take(hub.live({}, { events: false, totalsMs: 20 }, new AbortController().signal), (all) =>
    all.some(({ type }) => type === 'totals'),
  );
  expect((await again).at(-1)).toMatchObject({ type: 'totals' });
  await hub.close();
});
