import { expect, it } from 'vitest';
import type { ByteSource } from '../../model/byte_source.ts';
import { PageCache } from './page_cache.ts';

const BYTES = 200_000;

function counted(): { readonly memory: ByteSource; readonly bytes: Uint8Array; reads: number } {
  const bytes = Uint8Array.from({ length: BYTES }, (_, i) => (i * 7919) % 251);
  const state = {
    bytes,
    reads: 0,
    memory: {
      name: 'counted',
      read: (at: number, n: number): Uint8Array | undefined => {
        state.reads++;
        return at < 0 || at + n > BYTES ? undefined : bytes.slice(at, at + n);
      },
    },
  };
  return state;
}

it('gives what the memory holds, wherever it lies', () => {
  const state = counted();
  const cache = new PageCache(state.memory);
  // Within a page, across two, larger than a page, in the last one that is not whole, and beyond.
  for (const [at, n] of [
    [0, 8],
    [65_530, 16],
    [10, 70_000],
    [BYTES - 8, 8],
    [131_072, 0],
  ] as const)
    expect(cache.read(at, n)).toEqual(state.bytes.slice(at, at + n));
  expect(cache.read(BYTES - 4, 8)).toBeUndefined();
  expect(cache.read(-8, 8)).toBeUndefined();
});

it('reads a page once, until it is told to forget', () => {
  const state = counted();
  const cache = new PageCache(state.memory);
  for (let at = 0; at < 60_000; at += 8) cache.read(at, 8);
  expect(state.reads).toBe(1);
  state.bytes[16] = 255;
  expect(cache.read(16, 1)).not.toEqual(Uint8Array.of(255));
  cache.forget();
  expect(cache.read(16, 1)).toEqual(Uint8Array.of(255));
});

it('keeps so many pages and no more', () => {
  let reads = 0;
  const cache = new PageCache({ name: 'zeros', read: (_, n) => (reads++, new Uint8Array(n)) });
  for (let page = 0; page < 2000; page++) cache.read(page * 65_536, 8);
  expect(reads).toBe(2000);
  cache.read(1999 * 65_536, 8);
  expect(reads).toBe(2000);
  cache.read(0, 8);
  expect(reads).toBe(2001);
});
