import {
  type GrowthEvent,
  type GrowthFacts,
  type Growths,
  type Migration,
  GROWTH_OPS,
} from '../../src/protocol/growth.ts';
import type { Stop } from '../../src/protocol/stop.ts';
import type { Touched } from '../../src/protocol/touched.ts';
import { event } from './samples.ts';

const registers = {
  RAX: '0x4d2a80',
  RBX: '0xc000123450',
  RCX: '0xc00001c0d8',
  RDI: '0x9',
  RSI: '0x0',
  R8: '0x1',
  R9: '0x2',
  R10: '0x3',
  R11: '0x4',
};

/** Hits of `break`, with all kinds of headers. */
export function stop(i: number): Stop {
  const table = { capacity: 64, used: 50, growth_left: 0, tombstones: 6, local_depth: 1 };
  const swiss = { layout: 'swiss', small: false, directory: 2, global_depth: 1, writing: true } as const;
  const migration = { old_buckets: 64, evacuated: 12, same_size: false };
  const headers = [
    { layout: 'classic', buckets: 128, overflow: 3, iterated: true, writing: false, migration },
    { ...swiss, tombstones_possible: true, table },
    { ...swiss, small: true, directory: 0, global_depth: 0, writing: false },
  ] as const;
  return { ...event(i, { frames: 2 }), type: 'stop', header: headers[i % 3]!, registers };
}

export const touched: Touched = {
  type: 'touched',
  by: [
    {
      caller: event(0).caller!,
      starts: ['example.com/shop.(*Cache).janitor'],
      goroutines: 1,
      touches: 28,
      inserts: 1,
      updates: 2,
      deletes: 3,
      misses: 4,
      reads: 5,
      clears: 6,
      unknown: 7,
    },
    { starts: [], goroutines: 0, touches: 1, unknown: 1 },
  ],
};

/** Growths of all kinds. */
export const growths: readonly (GrowthEvent | Migration)[] = [
  ...GROWTH_OPS.map((op, i): GrowthEvent => {
    if (op === 'clear') return { ...event(i), op };
    const growth: GrowthFacts = {
      trigger: (['load', 'overflow', 'small-full', 'tombstones'] as const)[i % 4]!,
      unit: i < 2 ? 'buckets' : 'slots',
      from: 64,
      to: 128,
      moved: 56,
      duration_ns: 10 ** i,
      overflow: 3,
      tombstones: 4,
      directory: { from: 2, to: op === 'split' ? 4 : 2 },
      migration: { old_buckets: 64, evacuated: 64 },
    };
    return { ...event(i), pid: 4242, op, stack: [event(i).caller!], growth };
  }),
  {
    type: 'migration',
    time: event(0).time,
    pid: 4242,
    map: event(0).map,
    len: 1000,
    growth: { unit: 'buckets', from: 64, to: 128, migration: { old_buckets: 64, evacuated: 24 } },
  },
];

export const growthRates: Growths = {
  type: 'growths',
  maps: [
    {
      pid: 4242,
      map: event(0).map,
      count: 4,
      per_second: 0.4,
      by_op: { rehash: 3, split: 1, prune: 2, clear: 1 },
    },
  ],
  sites: [{ pid: 4242, caller: event(0).caller!, count: 4, per_second: 0.4, by_op: { rehash: 3, split: 1 } }],
};
