import { describe, expect, it } from 'vitest';
import type { Kind } from '../../go/types/kinds.ts';
import { addr } from '../../model/addr.ts';
import type { SlotPart, SlotPartName } from './slot_parts.ts';
import { type RangeChoice, unwatchedOf, watchedRanges } from './watch_ranges.ts';

const part = (name: SlotPartName, size: number, address = 0x1000): SlotPart => ({
  part: name, label: name, address: addr(address), size, content: { kind: 'value', type: addr(1) },
}); // prettier-ignore

const CONTROL = part('control', 1, 0x1003);
const KEY = part('key', 16, 0x2000);

const laid = (parts: SlotPart[], kind: Kind, choice: RangeChoice = {}): string[] =>
  watchedRanges(parts, kind, choice).map((one) => `${one.part.part} ${one.from}+${one.length}`);

describe('watchpoints over an entry', () => {
  it('are on the control byte, the element, and what it points to', () => {
    expect(laid([CONTROL, KEY, part('elem', 8), part('pointee', 40)], 'pointer')).toEqual([
      'control 0+1', 'elem 0+8', 'pointee 0+8', 'pointee 8+8',
    ]); // prettier-ignore
    expect(laid([CONTROL, KEY, part('elem', 24), part('pointee', 8)], 'slice')).toEqual([
      'control 0+1', 'elem 8+8', 'pointee 0+8', 'elem 0+8',
    ]); // prettier-ignore
    expect(laid([CONTROL, KEY], 'struct')).toEqual(['control 0+1', 'key 0+8', 'key 8+8']);
  });

  it('cover nothing else, whatever the alignment', () => {
    expect(laid([CONTROL, part('elem', 12, 0x1004)], 'struct')).toEqual([
      'control 0+1',
      'elem 0+4',
      'elem 4+8',
    ]);
    expect(laid([CONTROL, part('elem', 3, 0x1001)], 'array')).toEqual([
      'control 0+1',
      'elem 0+1',
      'elem 1+2',
    ]);
  });

  it('go where they are wanted, what is chosen first', () => {
    const parts = [CONTROL, KEY, part('elem', 40)];
    expect(laid(parts, 'struct', { parts: ['elem'] })).toEqual([
      'elem 0+8',
      'elem 8+8',
      'elem 16+8',
      'elem 24+8',
    ]);
    expect(laid(parts, 'struct', { parts: ['key', 'elem'] })).toEqual([
      'key 0+8',
      'elem 0+8',
      'key 8+8',
      'elem 8+8',
    ]);
    expect(laid(parts, 'struct', { range: { offset: 20, length: 6 } })).toEqual([
      'elem 20+4', 'elem 24+2', 'control 0+1',
    ]); // prettier-ignore
    expect(() => laid(parts, 'struct', { range: { offset: 0, length: 40 } })).toThrow(/32 of them/);
    expect(() => laid(parts, 'struct', { range: { offset: 40 } })).toThrow(/has 40 bytes/);
  });

  it('leave what is not watched to be said', () => {
    const elem = part('elem', 40);
    const ranges = watchedRanges([CONTROL, elem], 'struct', {
      parts: ['elem'],
      range: { offset: 8, length: 8 },
    });
    expect(unwatchedOf(elem, ranges)).toEqual([{ from: 0, to: 8 }, { from: 16, to: 40 }]); // prettier-ignore
    expect(unwatchedOf(KEY, ranges)).toEqual([{ from: 0, to: 16 }]);
  });
});
