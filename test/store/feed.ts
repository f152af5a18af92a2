import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedItem, ServedEvent } from '../../src/model/feed.ts';
import type { MapOp } from '../../src/model/map_op.ts';
import type { ProcessRef, SiteRef, Window, WindowCount } from '../../src/model/window.ts';

/** A whole hour, long ago: 2026-03-01T12:00:00Z. */
export const T0 = Date.UTC(2026, 2, 1, 12);
export const SHOP: ProcessRef = { pid: 4242, started: T0 - 60_000, name: 'shop', buildId: 'abc' };
export const EVICT: SiteRef = { function: 'shop.(*Cache).evict', file: '/src/shop/cache.go', line: 88 };
export const LOGIN: SiteRef = { function: 'shop.login', file: '/src/shop/login.go', line: 12 };
export const SESSIONS = 'map[string]*shop.Session';
export const USERS = 'map[int]shop.User';

export const count = (op: MapOp, n: number, more: Partial<WindowCount> = {}): WindowCount => ({
  process: SHOP,
  op,
  mapType: SESSIONS,
  mapAddress: '0xc000123450',
  site: op === 'delete' ? EVICT : LOGIN,
  count: n,
  found: 0,
  notFound: 0,
  removed: 0,
  ...more,
});

export const window = (
  start: number,
  counts: readonly WindowCount[],
  more: Partial<Window> = {},
): FeedItem => ({
  type: 'window',
  window: { start, lengthMs: 1000, counts, loss: { ringFull: 0, sampled: 0 }, ...more },
});

export const event = (at: number, op: MapOp, key: string, more: Partial<ServedEvent> = {}): ServedEvent => ({
  type: 'event',
  time: `${new Date(at).toISOString().slice(0, -1)}000417Z`,
  pid: 4242,
  op,
  function: 'runtime.mapdelete_faststr',
  map: { id: 3, address: '0xc000123450', type: SESSIONS },
  key: { text: JSON.stringify(key), truncated: false },
  len: 17,
  found: true,
  goroutine: { id: 71, start: 'shop.worker' },
  thread: 4243,
  caller: { ...EVICT, inlined: false },
  stack: [
    { ...EVICT, inlined: true },
    { ...LOGIN, inlined: false },
    { function: 'main.main', file: '/src/shop/main.go', line: 5, inlined: false },
  ],
  ...more,
});

/** A folder that goes when the tests are over. */
export function folder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'mapaudit-store-'));
  return { path: (name) => join(root, name), remove: () => rmSync(root, { recursive: true, force: true }) };
}
