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

it.each([
  [undefined, 'prometheus'],
  ['*/*', 'prometheus'],
  ['application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'openmetrics'],
  ['application/openmetrics-text;q=0.1,text/plain', 'prometheus'],
  ['application/openmetrics-text;version=9.0.0,text/plain;q=0.5', 'prometheus'],
])('Accept: %s is answered as %s', (accept, wanted) => {
  expect(formatOf(accept)).toBe(wanted);
});
