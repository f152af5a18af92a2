import { describe, expect, it } from 'vitest';
import { bytesOf } from '../testing.ts';
import { HeavyHitters } from './heavy_hitters.ts';
import { prefixLength } from './key_prefix.ts';

const prefix = (text: string): string => text.slice(0, prefixLength(bytesOf(text), 0, text.length));

describe('prefixLength', () => {
  it('ends behind the first run of separators', () => {
    expect(['sess:91af', 'a::b:c', 'user-42', '/api/v1', 'x|', '#tag'].map(prefix)).toEqual(
      ['sess:', 'a::', 'user-', '/api/', 'x|', ''], // prettier-ignore
    );
  });

  it('ends before the first digit where there is no separator', () => {
    expect(['user42', '42', 'plain', ''].map(prefix)).toEqual(['user', '', '', '']);
  });
});

describe('HeavyHitters', () => {
  const add = (hitters: HeavyHitters, text: string, group = 0): void => {
    const bytes = bytesOf(text);
    hitters.add(group, bytes, 0, bytes.length);
  };

  it('counts exactly while there is room', () => {
    const hitters = new HeavyHitters(4);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) add(hitters, text);
    add(hitters, 'a', 1);
    const { hitters: top, other } = hitters.top(2);
    expect(top.map((hit) => [new TextDecoder().decode(hit.bytes), hit.atLeast, hit.atMost])).toEqual([['a', 3, 3], ['b', 2, 2]]); // prettier-ignore
    expect(other).toBe(2);
  });

  it('finds what is frequent among many, and keeps the sum', () => {
    const hitters = new HeavyHitters(64);
    let seed = 7;
    const counts = new Map<string, number>();
    for (let i = 0; i < 30_000; i++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      const text = seed % 4 === 0 ? `hot${(seed >>> 8) % 5}` : `cold${(seed >>> 8) % 9000}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
      add(hitters, text);
    }
    const { hitters: top, other } = hitters.top(5);
    for (const hit of top) {
      const text = new TextDecoder().decode(hit.bytes);
      expect(text).toMatch(/^hot/);
      expect(hit.atLeast).toBeLessThanOrEqual(counts.get(text) ?? 0);
      expect(hit.atMost).toBeGreaterThanOrEqual(counts.get(text) ?? 0);
    }
    expect(top.reduce((sum, hit) => sum + hit.atLeast, other)).toBe(30_000);
  });
});
