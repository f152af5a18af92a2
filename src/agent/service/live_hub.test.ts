import { expect, test } from 'vitest';
import type { FeedItem, ServedEvent } from '../../model/feed.ts';
import type { ApiLive } from '../../protocol/api.ts';
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

function hubOf(): LiveHub {
  const book = new StatusBook({
    version: '1',
    notices: () => [],
    store: () => undefined,
    dropped: () => [],
    toCome: () => 0,
  });
  return new LiveHub(() => book.status());
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
