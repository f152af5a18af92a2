import { expect, test } from 'vitest';
import type { RaceSide } from '../../protocol/race.ts';
import type { Summary } from '../../protocol/summary.ts';
import { styleOf } from '../output/style.ts';
import { RaceText, raceSummaryText } from './race_text.ts';

const summaryOf = (races: number, writing: number): Summary => ({
  type: 'summary',
  ended: 'ctrl-c',
  duration_ms: 1000,
  events: 2,
  lost: 0,
  sampled: 0,
  loss: { ring_full: 0, output_slow: 0, key_unreadable: 0, stack_unreadable: 0, len_unreadable: 0 },
  by_op: {},
  races,
  race: {
    shared: 1,
    writing,
    operations: 20_468,
    watches: 93,
    waited_ms: 3.4,
    longest_wait_us: 417,
    budget: 0.01,
    target_cpu_ms: 1060,
    waited_share: 0.0032,
  },
});

test.each([
  [0, 0, 'no race seen · 1 shared'],
  [2, 0, '2 races · 1 shared'],
  [0, 1, '1 race of which one side is known · 1 shared'],
  [1, 2, '1 race · 2 races of which one side is known · 1 shared'],
])('%i races, %i of which one side is known', (races, writing, begins) => {
  expect(raceSummaryText(summaryOf(races, writing)).slice(-2)).toEqual([
    `${begins} · 0 lost · 20,468 operations`,
    'waited 3.4 ms in 93 watches, 0.32 % of its CPU time (budget 1 %), the longest 417 us by the clock',
  ]);
});

test('which functions of a stack take a mutex, none of them, or not known', () => {
  const lock = (line: number): NonNullable<RaceSide['locks']>[number] => ({
    function: 'shop.(*Cache).put',
    file: '/src/cache.go',
    line,
    inlined: false,
  });
  const linesOf = (locks: RaceSide['locks']): readonly string[] =>
    new RaceText(styleOf(false), () => undefined)
      .lines({
        type: 'writing',
        id: 1,
        map: {},
        side: {
          op: 'assign',
          function: 'runtime.mapassign',
          time: '2026-03-01T12:00:00Z',
          thread: 1,
          ...(locks === undefined ? {} : { locks }),
        },
        count: 1,
      })
      .slice(3)
      .map((line) => line.trim());
  expect(linesOf(undefined)).toEqual([]);
  expect(linesOf([])).toEqual(['no call that takes a sync.Mutex or RWMutex in the functions of this stack']);
  expect(linesOf([lock(9)])).toEqual(['takes a mutex in shop.(*Cache).put cache.go:9']);
  expect(linesOf([9, 10, 11, 12, 13].map(lock)).slice(2)).toEqual([
    'takes a mutex in shop.(*Cache).put cache.go:11',
    'and in 2 more places',
  ]);
});
