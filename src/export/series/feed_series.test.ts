import { expect, it } from 'vitest';
import type { FeedItem } from '../../model/feed.ts';
import { prometheusSink } from '../prometheus/index.ts';
import { formatOf } from '../prometheus/text.ts';
import { feedSeries } from './feed_series.ts';

const SHOP = { pid: 7, started: 1, name: 'shop' };
const deletes = (mapType: string, count: number, start = 0, process = SHOP): FeedItem => ({
  type: 'window',
  window: {
    start,
    lengthMs: 1000,
    counts: [{ process, op: 'delete', mapType, count, found: 0, notFound: 0, removed: 0 }],
    loss: { ringFull: 0, sampled: 0 },
  },
});

it('has no more series than there may be, with sums that stay exact', () => {
  const series = feedSeries(() => 0);
  const of = () => series.families.find(({ spec }) => spec.name === 'map_delete_total')?.samples ?? [];
  let sum = 0;
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 1500; i++) {
      series.take([deletes(`map[int]main.T${i}`, i + 1)]);
      sum += i + 1;
    }
  expect(of()).toHaveLength(1001);
  expect(of().reduce((all, { value }) => all + value, 0)).toBe(sum);
  // Who came first keeps its series, and its counter only rises.
  expect(of()[0]).toMatchObject({ labels: { type: 'map[int]main.T0' }, value: 2 });
  expect(of().find(({ labels }) => labels['type'] === 'other')?.value).toBe(
    2 * (sum / 2 - (1000 * 1001) / 2),
  );
});

it('gives all names back when processes have ended, also when there were more than can have their own', () => {
  const series = feedSeries(() => 0);
  const of = () => series.families.find(({ spec }) => spec.name === 'map_delete_total')?.samples ?? [];
  const processes = Array.from({ length: 1500 }, (_, i) => ({ ...SHOP, pid: 100 + i }));
  let sum = 0;
  for (const [i, process] of processes.entries())
    for (let type = 0; type < 5; type++) {
      series.take([deletes(`map[int]main.P${i}T${type}`, 1, i * 1000, process)]);
      sum++;
    }
  expect(of().reduce((all, { value }) => all + value, 0)).toBe(sum);
  series.take(processes.map((process) => ({ type: 'left', at: 1_500_000, process })));
  series.take([
    {
      type: 'window',
      window: { start: 2_000_000, lengthMs: 1000, counts: [], loss: { ringFull: 0, sampled: 0 } },
    },
  ]);
  const late = { ...SHOP, pid: 7 };
  for (let type = 0; type < 50; type++) series.take([deletes(`a${type}`, 1, 3_000_000, late)]);
  expect(of().filter(({ labels }) => labels['pid'] === '7')).toHaveLength(50);
  const others = of().filter(({ labels }) => labels['process'] === 'other');
  expect(others).toHaveLength(101);
  // Counters of those that had series of their own went with them.
  expect(others.reduce((all, { value }) => all + value, 0)).toBe(sum - 500);
});

it('shows the series of a process that has ended for five minutes', () => {
  const sink = prometheusSink(feedSeries(() => 0));
  const next = { ...SHOP, pid: 8 };
  void sink.take([
    deletes('map[int]int', 5),
    { type: 'left', at: 1000, process: SHOP },
    deletes('a', 1, 200_000, next),
  ]);
  expect(sink.text().body).toContain('map_delete_total{process="shop",pid="7",type="map[int]int"} 5');
  void sink.take([deletes('a', 1, 301_000, next)]);
  expect(sink.text().body).not.toContain('pid="7"');
  expect(sink.text().body).toContain('pid="8",type="a"} 2');
});

it('goes on with the series of a process that has become another program of its name', () => {
  const sink = prometheusSink(feedSeries(() => 0));
  const next = { ...SHOP, started: 1000 };
  const joined = (process: typeof SHOP): FeedItem => ({ type: 'joined', at: 0, process });
  void sink.take([joined(SHOP), deletes('a', 5), { type: 'left', at: 1000, process: SHOP }, joined(next)]);
  void sink.take([deletes('a', 1, 301_000, next)]);
  expect(sink.text().body).toContain('map_delete_total{process="shop",pid="7",type="a"} 6');
  // Until it has ended itself.
  void sink.take([
    { type: 'left', at: 302_000, process: next },
    deletes('a', 1, 900_000, { ...SHOP, pid: 8 }),
  ]);
  expect(sink.text().body).not.toContain('pid="7"');
});

it('counts growths by windows where steps are among the events, which may be lost', () => {
  const grown: FeedItem = {
    type: 'window',
    window: {
      start: 0,
      lengthMs: 1000,
      counts: [{ process: SHOP, op: 'grow', mapType: 'a', count: 5, found: 0, notFound: 0, removed: 0 }],
      loss: { ringFull: 3, sampled: 0 },
    },
  };
  const step: FeedItem = { type: 'growth', at: 1, process: SHOP, mapType: 'a', op: 'grow', trigger: 'load' };
  const counted = (growth: { growth?: 'among-events' }): string => {
    const sink = prometheusSink(feedSeries(() => 0));
    void sink.take([{ type: 'joined', at: 0, process: SHOP, ...growth }, grown, step, step]);
    return sink
      .text()
      .body.split('\n')
      .filter((one) => one.startsWith('map_grow_total'))
      .join();
  };
  expect(counted({ growth: 'among-events' })).toBe(
    'map_grow_total{process="shop",pid="7",type="a",trigger="unknown"} 5',
  );
  expect(counted({})).toBe('map_grow_total{process="shop",pid="7",type="a",trigger="load"} 2');
});

it.each([
  [undefined, 'prometheus'],
  ['*/*', 'prometheus'],
  ['application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'openmetrics'],
  ['application/openmetrics-text;q=0.1,text/plain', 'prometheus'],
  ['application/openmetrics-text;version=9.0.0,text/plain;q=0.5', 'prometheus'],
])('Accept: %s is answered as %s', (accept, wanted) => {
  expect(formatOf(accept)).toBe(wanted);
});

it('shows how evenly the keys of an operation are spread, and nothing of few', async () => {
  const sink = prometheusSink();
  await sink.take([{ type: 'joined', at: 0, process: SHOP }]);
  const events = (op: 'delete' | 'assign', keys: readonly string[]): FeedItem => ({
    type: 'events',
    process: SHOP,
    sampledEvery: 1,
    events: keys.map((text) => ({
      type: 'event' as const,
      time: '2026-03-01T12:01:33.102000417Z',
      op,
      function: 'runtime.mapdelete_faststr',
      map: { type: 'map[string]int' },
      key: { text },
      thread: 1,
    })),
  });
  await sink.take([
    events('delete', new Array<string>(100).fill('"sess:1"')),
    events('assign', ['"a:1"', '"b:1"']),
  ]);
  const lines = sink
    .text()
    .body.split('\n')
    .filter((line) => line.startsWith('map_key_entropy'));
  expect(lines).toEqual(['map_key_entropy{process="shop",pid="7",type="map[string]int",op="delete"} 0']);
});

it.each(['ring_full', 'output_slow', 'growth_ring_full'])('has what is lost by %s before any is', (cause) => {
  expect(prometheusSink().text().body).toContain(`mapaudit_lost_total{cause="${cause}"} 0`);
});

it('says when nothing is counted, and for how long it was not', async () => {
  const sink = prometheusSink();
  const cost: FeedItem = {
    type: 'cost',
    at: 0,
    process: SHOP,
    share: 0.1,
    budget: 0.01,
    sampledEvery: 1024,
    keys: false,
    reads: false,
    paused: true,
    ringFill: 0,
    events: 0,
    lost: { ringFull: 9, growths: 3, outputSlow: 5 },
  };
  const window: FeedItem = {
    type: 'window',
    window: {
      start: 0,
      lengthMs: 1000,
      counts: [],
      loss: { ringFull: 0, sampled: 0 },
      uncounted: [{ process: SHOP, ops: 'all', ms: 750 }],
    },
  };
  await sink.take([{ type: 'joined', at: 0, process: SHOP }, cost, window]);
  const { body } = sink.text();
  expect(body).toContain('mapaudit_paused{process="shop",pid="7"} 1');
  expect(body).toContain('mapaudit_uncounted_seconds_total{process="shop",pid="7",ops="all"} 0.75');
  expect(body).toContain('mapaudit_lost_total{cause="output_slow"} 5');
  expect(body).toContain('mapaudit_lost_total{cause="growth_ring_full"} 3');
});
