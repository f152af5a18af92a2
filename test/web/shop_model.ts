import type { ApiKeyCount, ApiSite } from '../../src/protocol/api.ts';
import type { MapOp } from '../../src/protocol/map_op.ts';

/** The moment at which the shop's tests take place; it began an hour before. */
export const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
export const BEGAN = NOW - 3_600_000;
/** A bad deploy: sessions of one region are evicted as soon as they are made. */
export const STORM = { from: NOW - 6 * 60_000, to: NOW - 2 * 60_000 };

export const PROCESS = '4242-1772362700000';
const SOURCE = '/src/shop/shop';

export const SESSIONS = 'map[string]*shop.Session';
export const CARTS = 'map[shop.CartKey]int';
export const SEEN = 'map[string]struct {}';
export const BUCKETS = 'map[string]*shop.bucket';
export const TOPICS = 'map[string][]chan shop.Event';

/** Of each type one map, as its process names it. */
export const MAPS: Readonly<Record<string, { readonly map: string; readonly name: string }>> = {
  [SESSIONS]: { map: '0xc000123450', name: '(*shop.Cache).sessions' },
  [CARTS]: { map: '0xc0001a2000', name: '(*shop.Carts).items' },
  [SEEN]: { map: '0xc0001a2030', name: '(*shop.Carts).seen' },
  [BUCKETS]: { map: '0xc000210480', name: '(*shop.Limiter).buckets' },
  [TOPICS]: { map: '0xc00030e0f0', name: '(*shop.Hub).topics' },
};

/** What one line does to one map: so often a second, and how often what it looks for is there. */
export interface Doing {
  readonly op: MapOp;
  readonly site: ApiSite;
  readonly type: string;
  readonly rate: number;
  readonly found?: number;
  /** So much more in the storm. */
  readonly storm?: number;
}

function site(id: string, name: string, file: string, line: number): ApiSite {
  return { id: id.repeat(16).slice(0, 16), function: `shop.${name}`, file: `${SOURCE}/${file}`, line };
}

export const EVICT = site('e1', '(*Cache).evict', 'cache.go', 82);
export const LOGOUT = site('a7', '(*Cache).Logout', 'cache.go', 53);
const LOGIN = site('b2', '(*Cache).Login', 'cache.go', 37);
const GET = site('c3', '(*Cache).Get', 'cache.go', 45);
const ADD = site('d4', '(*Carts).Add', 'cart.go', 28);
const SEE = site('f5', '(*Carts).Checkout', 'cart.go', 38);
const LOOP = site('16', '(*Carts).Checkout', 'cart.go', 40);
const TAKE = site('27', '(*Carts).Checkout', 'cart.go', 43);
const ALLOW = site('38', '(*Limiter).Allow', 'limiter.go', 31);
const SWEEP = site('49', '(*Limiter).sweep', 'limiter.go', 58);
const PUBLISH = site('5a', '(*Hub).Publish', 'hub.go', 41);
const RESET = site('6b', '(*Hub).Reset', 'hub.go', 66);

export const DOINGS: readonly Doing[] = [
  { op: 'access', site: GET, type: SESSIONS, rate: 912 },
  { op: 'delete', site: EVICT, type: SESSIONS, rate: 21, found: 1, storm: 2140 },
  { op: 'assign', site: ALLOW, type: BUCKETS, rate: 408, found: 0.97 },
  { op: 'access', site: ALLOW, type: BUCKETS, rate: 411 },
  { op: 'assign', site: LOGIN, type: SESSIONS, rate: 67, found: 0, storm: 1900 },
  { op: 'assign', site: ADD, type: CARTS, rate: 218, found: 0.4 },
  { op: 'delete', site: TAKE, type: CARTS, rate: 217, found: 1 },
  { op: 'delete', site: LOGOUT, type: SESSIONS, rate: 60, found: 0.62 },
  { op: 'assign', site: SEE, type: SEEN, rate: 67, found: 0 },
  { op: 'iterate', site: LOOP, type: CARTS, rate: 67 },
  { op: 'access', site: PUBLISH, type: TOPICS, rate: 120 },
  { op: 'delete', site: SWEEP, type: BUCKETS, rate: 12, found: 1 },
  { op: 'clear', site: RESET, type: TOPICS, rate: 0.2 },
  { op: 'grow', site: SEE, type: SEEN, rate: 0.02 },
];

/** A number from 0 to 1 that is always the same for the same text. */
export function chance(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Operations from `from` on, `step` milliseconds long. The same span always has the same count. */
export function countOf(doing: Doing, from: number, step: number): number {
  const middle = from + step / 2;
  const wave = 1 + 0.16 * Math.sin(middle / 83_000 + doing.rate) + 0.05 * Math.sin(middle / 11_000);
  const noise = 1 + (chance(`${doing.site.id}${doing.op}${from}`) - 0.5) * 0.22;
  const storm = middle >= STORM.from && middle < STORM.to ? (doing.storm ?? 0) : 0;
  return Math.round(((doing.rate * wave + storm) * noise * step) / 1000 + chance(`${from}${doing.op}`) - 0.5);
}

/** The keys of a map: mostly a few that come again. */
export function keyOf(type: string, n: number): string {
  const some = Math.floor(chance(`key ${n}`) ** 2 * 400);
  const hex = (0x1000 + Math.floor(chance(`${type} ${some}`) * 0xefff)).toString(16);
  if (type === CARTS) return `shop.CartKey{Session: "sess:${hex}", Product: ${some % 40}}`;
  if (type === SEEN) return `"order:${String(n).padStart(8, '0')}"`;
  if (type === BUCKETS) return `"10.0.${some % 8}.${some % 250}"`;
  if (type === TOPICS) return `"topic/${some % 12}"`;
  return `"sess:eu-${hex}"`;
}

export function keysOf(doings: readonly Doing[]): ApiKeyCount[] {
  return doings
    .filter(({ op }) => op !== 'clear' && op !== 'grow')
    .flatMap((doing, d) =>
      Array.from({ length: 5 }, (_, i) => ({
        key: keyOf(doing.type, d * 31 + i * 7),
        op: doing.op,
        sampled: Math.max(1, Math.round((doing.rate / (i + 1.5)) * 0.9)),
      })),
    )
    .toSorted((a, b) => b.sampled - a.sampled)
    .slice(0, 12);
}

/** Who calls a line: the line itself, what is between, and what the goroutine began with. */
export function stacksOf(one: ApiSite): { frames: ApiSite[]; sampled: number }[] {
  const server = (name: string, line: number, file = 'server.go'): ApiSite =>
    site(name.length.toString(16) + String(line % 10), name, file, line);
  const http: ApiSite[] = [
    {
      id: '9000000000000001',
      function: 'net/http.HandlerFunc.ServeHTTP',
      file: '/go/src/net/http/server.go',
      line: 2294,
    },
    {
      id: '9000000000000002',
      function: 'net/http.(*ServeMux).ServeHTTP',
      file: '/go/src/net/http/server.go',
      line: 2822,
    },
    {
      id: '9000000000000003',
      function: 'net/http.serverHandler.ServeHTTP',
      file: '/go/src/net/http/server.go',
      line: 3301,
    },
    {
      id: '9000000000000004',
      function: 'net/http.(*conn).serve',
      file: '/go/src/net/http/server.go',
      line: 2102,
    },
  ];
  if (one.function.includes('evict'))
    return [
      {
        frames: [
          one,
          site('71', '(*Cache).janitor', 'cache.go', 74),
          site('72', 'NewCache.gowrap1', 'cache.go', 26),
        ],
        sampled: 412,
      },
      {
        frames: [one, server('(*Server).region', 118), server('(*Server).login', 71), ...http],
        sampled: 1290,
      },
      {
        frames: [one, server('(*Server).region', 118), server('(*Server).refresh', 96), ...http],
        sampled: 377,
      },
      { frames: [one, server('(*Server).drain', 140), site('73', 'main.main', 'main.go', 52)], sampled: 14 },
    ];
  return [
    { frames: [one, server('(*Server).handle', 64), ...http], sampled: 380 },
    {
      frames: [one, server('(*Server).checkout', 88), server('(*Server).handle', 66), ...http],
      sampled: 112,
    },
  ];
}

export const EVICT_SOURCE = `func (c *Cache) janitor(stop <-chan struct{}) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			c.evict(now)
		}
	}
}

func (c *Cache) evict(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, s := range c.sessions {
		if now.After(s.Expires) || s.Region == c.bad {
			delete(c.sessions, id)
		}
	}
}`.split('\n');
