import type { FeedItem, ServedEvent } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import type { MapOp } from '../model/map_op.ts';
import type { WindowCount } from '../model/window.ts';
import { rulesSink } from './engine.ts';
import { loadRules } from './load.ts';

/** A whole second, so that windows begin there. */
export const BEGAN = Date.parse('2026-03-01T12:00:00Z');
export const SHOP = { pid: 7, started: BEGAN - 3_600_000, name: 'shop' };
export const TYPE = 'map[string]*shop.Session';
export const EVICT = { function: 'example.com/shop.(*Cache).evict', file: '/src/cache.go', line: 88 };

/** A count of one second. */
export const countOf = (count: number, more: Partial<WindowCount> = {}): WindowCount => ({
  process: SHOP,
  op: 'delete',
  mapType: TYPE,
  mapAddress: '0xc000',
  site: EVICT,
  count,
  found: 0,
  notFound: 0,
  removed: 0,
  ...more,
});

/** The window of a second since `BEGAN`. */
export const windowOf = (second: number, ...counts: readonly WindowCount[]): FeedItem => ({
  type: 'window',
  window: { start: BEGAN + second * 1000, lengthMs: 1000, counts, loss: { ringFull: 0, sampled: 0 } },
});

/** An event some milliseconds after `BEGAN`. */
export const eventOf = (
  ms: number,
  op: MapOp,
  key?: string,
  more: Partial<ServedEvent> = {},
): ServedEvent => ({
  type: 'event',
  time: `${new Date(BEGAN + ms).toISOString().slice(0, 23)}000000Z`,
  op,
  function: 'runtime.mapdelete_faststr',
  map: { address: '0xc000', type: TYPE },
  ...(key === undefined ? {} : { key: { text: key } }),
  goroutine: { id: 1 },
  thread: 7,
  caller: { ...EVICT, inlined: false },
  ...more,
});

export const eventsOf = (sampledEvery: number, ...events: readonly ServedEvent[]): FeedItem => ({
  type: 'events',
  process: SHOP,
  sampledEvery,
  events,
});

/** What rules find in a feed. */
export function findingsOf(rules: string, items: Iterable<FeedItem>): Finding[] {
  const found: Finding[] = [];
  const file = loadRules(`version: 1\nrules:\n${rules}`, 'rules.yaml');
  const sink = rulesSink(file.rules, ({ finding }) => found.push(finding));
  for (const item of items) sink.take([item]);
  return found;
}

/** Seconds in which findings began and ended, since `BEGAN`. */
export const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, state, firedAt }) =>
    state === 'firing' ? `${rule} fires ${(firedAt - BEGAN) / 1000}` : `${rule} over`,
  );
