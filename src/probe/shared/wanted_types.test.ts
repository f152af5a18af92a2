import { expect, it } from 'vitest';
import { WantedTypes } from './wanted_types.ts';

const AT = { typed: 0, types: 8, most: 2 };

it('all types are waited for until one is rejected, and again when more are wanted than fit', () => {
  const words = new DataView(new ArrayBuffer(64));
  const all = (): bigint[] => [0, 8, 16, 24].map((at) => words.getBigUint64(at, true));
  const types = new WantedTypes(words, AT);
  types.set('type', 100, true);
  types.set('caller', 7, false);
  expect(all()).toEqual([0n, 100n, 0n, 0n]);
  types.set('type', 200, false);
  expect(all()).toEqual([2n, 100n, 0n, 0n]);
  types.set('type', 300, true);
  expect(all()).toEqual([3n, 100n, 300n, 0n]);
  types.set('type', 400, true);
  expect(all()).toEqual([0n, 100n, 300n, 0n]);
});

it('where none is wanted, none is waited for', () => {
  const words = new DataView(new ArrayBuffer(64));
  new WantedTypes(words, AT).set('type', 100, false);
  expect(words.getBigUint64(0, true)).toBe(1n);
});
