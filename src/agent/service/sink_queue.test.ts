import { expect, test } from 'vitest';
import type { FeedItem } from '../../model/feed.ts';
import { SinkQueue } from './sink_queue.ts';

const left = (pid: number): FeedItem => ({ type: 'left', at: 0, process: { pid, name: 'p' } });

test('what a sink throws is said, and the next items come all the same', async () => {
  const said: string[] = [];
  const got: number[] = [];
  const sink = {
    take: (items: readonly FeedItem[]) => {
      got.push(items.length);
      if (got.length === 1) throw new Error('disk');
    },
    close: () => Promise.reject(new Error('again')),
  };
  const queue = new SinkQueue({ name: 'the store', sink }, (message) => said.push(message));
  queue.put([left(1)]);
  await new Promise((resolve) => setImmediate(resolve));
  queue.put([left(2), left(3)]);
  await queue.close();
  expect(got).toEqual([1, 2]);
  expect(said).toEqual(['the store failed: disk', 'the store failed: again']);
});

test('for a slow sink a bounded number of items waits, and the rest is counted', async () => {
  let go: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (go = resolve));
  let taken = 0;
  const sink = {
    take: (items: readonly FeedItem[]) => {
      taken += items.length;
      return first;
    },
    close: () => Promise.resolve(),
  };
  const queue = new SinkQueue({ name: 's', sink }, () => undefined);
  queue.put([left(0)]);
  await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 30_000; i++) queue.put([left(i)]);
  expect(queue.dropped).toBe(10_000);
  go();
  await queue.close();
  expect(taken).toBe(20_001);
});
