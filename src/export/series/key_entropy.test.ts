import { expect, it } from 'vitest';
import { entropyBits } from './entropy.ts';
import { KeyEntropy } from './key_entropy.ts';

const LABELS = { process: 'shop', pid: '7', type: 'map[string]int', op: 'delete' };
const bitsOf = (entropy: KeyEntropy): number[] => [...entropy.values()].map(({ bits }) => bits);

/** Numbers that are spread evenly and always the same: Park and Miller. */
function evenly(): () => number {
  let state = 42;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

it.each([
  ['one kind', [1000], 0],
  ['two alike', [500, 500], 1],
  ['sixteen alike', new Array<number>(16).fill(1000), 4],
  ['nine in ten', [9000, 1000], 0.469],
  ['halves of halves', [4000, 2000, 1000, 1000], 1.75],
])('knows the entropy of %s', (_name, counts, bits) => {
  const observations = counts.reduce((sum, count) => sum + count, 0);
  expect(entropyBits(counts, observations)).toBeCloseTo(bits, 2);
  // Weights are no observations.
  const weighted = counts.map((count) => count * 7);
  expect(entropyBits(weighted, observations)).toBeCloseTo(bits, 2);
});

it('makes up for a small sample, and tells no more than that can', () => {
  const random = evenly();
  const counts = new Array<number>(64).fill(0);
  for (let i = 0; i < 200; i++) counts[Math.floor(random() * 64)]!++;
  const plain = -counts.reduce((sum, n) => (n === 0 ? sum : sum + (n / 200) * Math.log2(n / 200)), 0);
  expect(Math.abs(entropyBits(counts, 200) - 6)).toBeLessThan(Math.abs(plain - 6));
  expect(entropyBits(new Array<number>(100).fill(1), 100)).toBeCloseTo(Math.log2(100), 9);
});

it('falls when most deletes are of one prefix, however many keys it has', () => {
  const entropy = new KeyEntropy(evenly());
  entropy.tick(0);
  const prefixes = ['sess', 'cart', 'user', 'item', 'page', 'hold', 'mail', 'rate'];
  for (let i = 0; i < 4000; i++) entropy.add(LABELS, `"${prefixes[i % 8]}:${i}"`);
  expect(bitsOf(entropy)[0]).toBeCloseTo(3, 1);
  for (const now of [15_000, 30_000]) {
    entropy.tick(now);
    for (let i = 0; i < 4000; i++) entropy.add(LABELS, i % 10 === 0 ? `"cart:${i}"` : `"sess:${i}"`);
  }
  expect(bitsOf(entropy)[0]).toBeCloseTo(0.47, 0);
  expect(bitsOf(entropy)[0]).toBeLessThan(0.8);
});

it('takes keys without a prefix as they are', () => {
  const entropy = new KeyEntropy(evenly());
  for (let i = 0; i < 512; i++) entropy.add(LABELS, String(i % 4));
  expect(bitsOf(entropy)[0]).toBeCloseTo(2, 1);
});

it('says nothing of few keys, and forgets', () => {
  const entropy = new KeyEntropy(evenly());
  entropy.tick(0);
  for (let i = 0; i < 63; i++) entropy.add(LABELS, String(i));
  expect(bitsOf(entropy)).toEqual([]);
  entropy.add(LABELS, '63');
  expect(bitsOf(entropy)).toHaveLength(1);
  entropy.tick(15_000);
  expect(bitsOf(entropy)).toHaveLength(1);
  entropy.tick(30_000);
  expect(bitsOf(entropy)).toEqual([]);
  for (let i = 0; i < 64; i++) entropy.add(LABELS, String(i));
  entropy.tick(90_000);
  expect(bitsOf(entropy)).toEqual([]);
});

it('weighs what came and not what was kept of it', () => {
  const entropy = new KeyEntropy(evenly());
  entropy.tick(0);
  for (let i = 0; i < 90_000; i++) entropy.add(LABELS, '"a:1"');
  entropy.tick(15_000);
  for (let i = 0; i < 10_000; i++) entropy.add(LABELS, '"b:1"');
  expect(bitsOf(entropy)[0]).toBeCloseTo(0.469, 2);
});

it('follows so many types and counts the keys of others', () => {
  const entropy = new KeyEntropy(evenly());
  for (let type = 0; type < 300; type++)
    for (let i = 0; i < 64; i++) entropy.add({ ...LABELS, type: String(type) }, String(i));
  expect(bitsOf(entropy)).toHaveLength(200);
  expect(entropy.refused).toBe(100 * 64);
  entropy.forget(({ type }) => type !== '7');
  expect(bitsOf(entropy)).toHaveLength(1);
});
