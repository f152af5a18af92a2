import type { FeedItem } from '../../src/model/feed.ts';
import { BEGAN, countOf, eventOf, eventsOf, EVICT, SHOP, TYPE, windowOf } from '../../src/rules/testing.ts';

/** Something of every kind. */
export const FEED: readonly FeedItem[] = [
  { type: 'joined', at: BEGAN, process: { ...SHOP, probe: 'kernel', container: 'c0ffee' } },
  eventsOf(
    10,
    eventOf(5, 'delete', '"sess:eu-1"', { found: true, trace_id: '0af7651916cd43dd8448eb211c80319c' }),
  ),
  windowOf(
    0,
    countOf(100),
    countOf(7, { op: 'assign' }),
    countOf(5, { mapType: 'map[q.T["quote\\\\"]]int' }),
  ),
  windowOf(1, countOf(20)),
  {
    type: 'growth',
    at: BEGAN + 10,
    process: SHOP,
    mapType: TYPE,
    op: 'rehash',
    trigger: 'load',
    movedBytes: 4096,
    durationNs: 2_000_000,
    site: EVICT,
  },
  {
    type: 'maps',
    at: BEGAN + 1000,
    process: SHOP,
    left: 3,
    maps: [{ mapType: TYPE, mapAddress: '0xc000', entries: 10, bytes: 100, wasteBytes: 40 }],
  },
  {
    type: 'race',
    at: BEGAN,
    process: SHOP,
    mapType: TYPE,
    id: 1,
    kind: 'write/write',
    count: 2,
    sides: [
      { op: 'delete', site: EVICT, stack: [] },
      { op: 'assign', stack: [] },
    ],
  },
  {
    type: 'cost',
    at: BEGAN,
    process: SHOP,
    share: 0.004,
    budget: 0.01,
    sampledEvery: 10,
    keys: true,
    reads: false,
    ringFill: 0.25,
    events: 1,
    lost: { ringFull: 0, outputSlow: 2 },
  },
  {
    type: 'finding',
    at: BEGAN,
    finding: {
      type: 'finding',
      id: '00aa11bb22cc33dd',
      rule: 'delete-storm',
      severity: 'critical',
      state: 'firing',
      title: 'Delete storm: 100 deletes/s',
      subject: { process: SHOP, mapType: TYPE, site: EVICT },
      evidence: [{ text: 'seen', from: BEGAN, to: BEGAN }],
      since: BEGAN,
      firedAt: BEGAN,
      lastSeen: BEGAN,
    },
  },
];
