import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../batch_builder.ts';
import type { Columns } from '../columns.ts';
import { bytesOf, chunkOf, type FakeKey } from '../testing.ts';
import { HeavyHitters } from './heavy_hitters.ts';
import { prefixLength } from '../../model/key_prefix.ts';
import { TopKeys } from './top_keys.ts';

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

describe('TopKeys', () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const batch = (): Columns => {
    const builder = new BatchBuilder({ keyArea: true, keepKeys: true, keepFrames: false });
    const keys: FakeKey[] = ['sess:1', 'sess:2', 'user:1', 'sess:1'].map((key) => ({
      form: 'string',
      text: key,
    }));
    keys.push({ form: 'word', value: 7 }, { form: 'word', value: 7 }, { form: 'bytes', raw: bytesOf('xyz') });
    builder.add(chunkOf([...keys.map((key, time) => ({ time, key, type: 5 })), { time: 9, kind: 'exit' }]));
    return builder.takeAll();
  };

  it('gathers prefixes of strings, and other keys as they are', () => {
    const top = new TopKeys({ by: 'prefixes', showKey: () => 'T{1}' });
    top.add(batch());
    const { keys, other } = top.top(2);
    expect(keys.map((key) => [key.form, key.whole, key.atLeast])).toEqual([['text', false, 3], ['word', true, 2]]); // prettier-ignore
    expect(text(keys[0]!.bytes)).toBe('sess:');
    expect([other, top.total]).toEqual([2, 7]);
    expect(text(top.top(9).keys.find((key) => key.form === 'shown')!.bytes)).toBe('T{1}');
  });

  it('gathers whole keys, samples, and shows no more than allowed', () => {
    const whole = new TopKeys({ by: 'keys' });
    whole.add(batch());
    expect(whole.top(1).keys.map((key) => [text(key.bytes), key.whole, key.atLeast])).toEqual([
      ['sess:1', true, 2],
    ]);
    const cut = new TopKeys({ by: 'keys', textLimit: 2, sampleEvery: 2 });
    cut.add(batch());
    expect(cut.top(9).keys.map((key) => text(key.bytes))).toContain('se');
    expect(cut.total).toBe(3);
  });
});
