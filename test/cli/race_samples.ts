import type { Race, RaceSide, Shared, Writing } from '../../src/protocol/race.ts';
import type { EndReason, Summary } from '../../src/protocol/summary.ts';
import { event, summary } from './samples.ts';

function side(i: number, op: RaceSide['op']): RaceSide {
  const { time, key, goroutine, thread, caller, stack } = event(i, { frames: 2 });
  return {
    op,
    function: 'runtime.mapassign_faststr',
    time,
    ...(goroutine === undefined ? {} : { goroutine: { ...goroutine, id: goroutine.id + i } }),
    thread,
    ...(key === undefined ? {} : { key }),
    ...(caller === undefined ? {} : { caller }),
    ...(stack === undefined ? {} : { stack, locks: i === 0 ? stack.slice(0, 1) : [] }),
  };
}

const map = { address: '0xc000123450', type: 'map[string]*shop.Session' } as const;

export const raceFound: Race = {
  type: 'race',
  id: 1,
  kind: 'write/write',
  map,
  len: 12,
  key: { text: '"sess:91af"', truncated: false },
  same_key: true,
  sides: [side(0, 'assign'), side(1, 'delete')],
  count: 1,
  maps: 1,
};

/** As little as can be known of one. */
export const sparseRace: Race = {
  type: 'race',
  id: 2,
  kind: 'write/clear',
  map: {},
  sides: [
    { op: 'clear', function: 'runtime.mapclear', time: '2026-03-01T12:01:33Z', thread: 1 },
    { op: 'clear', function: 'runtime.mapclear', time: '2026-03-01T12:01:33Z', thread: 2 },
  ],
  count: 3,
  maps: 2,
};

export const writing: Writing = { type: 'writing', id: 1, map, side: side(2, 'access'), count: 1 };

export const shared: Shared = {
  type: 'shared',
  map,
  maps: 3,
  goroutines: 4,
  sites: [
    {
      op: 'assign',
      caller: { function: 'shop.(*Cache).put', file: '/src/cache.go', line: 9, inlined: false },
      goroutines: 3,
    },
    { op: 'delete', caller: { function: '0x4a81f0', inlined: false }, goroutines: 1 },
  ],
};

export function raceSummary(races: number, ended: EndReason): Summary {
  return {
    ...summary(4, ended),
    by_op: {},
    races,
    race: {
      shared: 1,
      writing: races,
      operations: 123_456,
      watches: 262,
      waited_ms: 8.1,
      longest_wait_us: 61.2,
      budget: 0.01,
      target_cpu_ms: 1002,
      waited_share: 0.0081,
    },
  };
}
