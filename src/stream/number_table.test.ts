import { describe, expect, it } from 'vitest';
import { NumberTable } from './number_table.ts';

describe('NumberTable', () => {
  it('does what a Map does, for addresses and small numbers, through growth and removal', () => {
    const table = new NumberTable(8);
    const map = new Map<number, number>();
    let seed = 3;
    for (let i = 0; i < 20_000; i++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      const n = (seed >>> 16) % 700;
      const key = n % 2 === 0 ? 0xc000_0000_0000 + n * 48 : n;
      if (seed % 3 === 0) {
        table.delete(key);
        map.delete(key);
      } else {
        table.set(key, i);
        map.set(key, i);
      }
      if (i % 500 === 0) for (const [known, value] of map) expect(table.get(known)).toBe(value);
    }
    expect(table.size).toBe(map.size);
    expect(table.get(0x7fff_ffff_fff0)).toBe(-1);
    table.clear();
    expect([table.size, table.get(1)]).toEqual([0, -1]);
  });
});
