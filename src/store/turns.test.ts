import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('so many at once, the others in their order; who does not wait so long gets none', async () => {
  const turns = new Turns(2);
  const got: string[] = [];
  const take = async (name: string, ms: number): Promise<void> => {
    got.push(`${name} ${(await turns.take(ms)) ? 'has a turn' : 'has none'}`);
  };
  await take('a', 0);
  await take('b', 0);
  const [c, d] = [take('c', 60_000), take('d', 60_000)];
  await take('e', 1);
  expect(got).toEqual(['a has a turn', 'b has a turn', 'e has none']);
  turns.done();
  await c;
  turns.done();
  await d;
  expect(got.slice(3)).toEqual(['c has a turn', 'd has a turn']);
  turns.done();
  turns.done();
  await take('f', 0);
  await take('g', 0);
  await take('h', 1);
  expect(got.slice(5)).toEqual(['f has a turn', 'g has a turn', 'h has none']);
});

it('who goes waits no longer, and keeps nobody else from a turn', async () => {
  const turns = new Turns(1);
  await turns.take(0);
  const gone = new AbortController();
  const [first, second] = [turns.take(60_000, gone.signal), turns.take(60_000)];
  gone.abort();
  expect(await first).toBe(false);
  turns.done();
  expect(await second).toBe(true);
  turns.done();
  expect(await turns.take(0, gone.signal)).toBe(false);
  expect(await turns.take(0)).toBe(true);
});
