import { describe, expect, it } from 'vitest';
import { pcValue } from './pc_value.ts';

/** A pc-value table as the linker writes it: pairs of (change of value, change of pc). */
function table(pairs: readonly (readonly [number, number])[]): Uint8Array {
  const bytes: number[] = [];
  const put = (n: number): void => {
    for (let rest = n; ; rest >>>= 7) {
      bytes.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) return;
    }
  };
  for (const [value, pc] of pairs) {
    put(value < 0 ? ((-value - 1) << 1) | 1 : value << 1);
    put(pc);
  }
  return Uint8Array.from([...bytes, 0]);
}

describe('pcValue', () => {
  const lines = table([
    [88, 4],
    [300, 200],
    [-290, 1],
  ]);

  it('counts from -1 at the start, each value up to the next pc', () => {
    const at = (offset: number): number | undefined => pcValue(lines, 0, 0x1000, 0x1000 + offset);
    expect([at(0), at(3), at(4), at(203), at(204)]).toEqual([87, 87, 387, 387, 97]);
  });

  it('knows nothing beyond the last pc, nor beyond the bytes', () => {
    expect(pcValue(lines, 0, 0x1000, 0x1000 + 205)).toBeUndefined();
    expect(pcValue(lines.subarray(0, 3), 0, 0x1000, 0x1000 + 204)).toBeUndefined();
    expect(pcValue(new Uint8Array(0), 0, 0, 0)).toBeUndefined();
  });

  it('takes a first change of zero for what it is', () => {
    expect(pcValue(table([[0, 5]]), 0, 0, 4)).toBe(-1);
  });
});
