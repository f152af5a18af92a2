import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import type { Kind } from '../../go/types/kinds.ts';
import { type Addr } from '../../model/addr.ts';
import { FakeTypes } from '../../go/types/testing.ts';
import { parseKey } from './parse_key.ts';

/** The bytes of a key of a plain type, as one little-endian number in hex; or what is wrong with it. */
function parsed(kind: Kind, size: number, text: string): string {
  const types = new FakeTypes('go1.26.8', 'swiss');
  const type = types.plain({ kind, name: kind, size, named: true });
  try {
    return Buffer.from(parseKey(text, types.reader(), type).bytes)
      .reverse()
      .toString('hex');
  } catch (error) {
    if (isMapauditError(error)) return (error.message.split('\n')[0] ?? '').trim();
    throw error;
  }
}

describe('numbers as keys', () => {
  it.each([
    ['0755', '000001ed'],
    ['-010', 'fffffff8'],
    ['0o17', '0000000f'],
    ['0x1F', '0000001f'],
    ['0b101', '00000005'],
    ['1_000', '000003e8'],
    ['0', '00000000'],
    ["'a'", '00000061'],
    ['rune(5)', '00000005'],
    ['int64(5)', 'an int32 is expected here, not an int64'],
  ])('int32 %s is %s', (text, bytes) => {
    expect(parsed('int32', 4, text)).toBe(bytes);
  });

  it.each([
    ['float32', 4, '1.5', '3fc00000'],
    ['float32', 4, '+Inf', '7f800000'],
    ['float32', 4, '1e300', '1e300 is no float32'],
    ['float64', 8, '1e300', '7e37e43c8800759c'],
    ['float64', 8, '1e999', '1e999 is no float64'],
    ['complex64', 8, '(1-2i)', 'c00000003f800000'],
    ['complex64', 8, '1-2i', 'c00000003f800000'],
    ['complex64', 8, '( 1 - 2i )', 'c00000003f800000'],
    ['complex64', 8, 'complex(1,-2)', 'c00000003f800000'],
    ['complex64', 8, 'complex64(complex(1, -2))', 'c00000003f800000'],
    ['complex64', 8, 'complex64(1-2i)', 'c00000003f800000'],
    ['complex64', 8, '-2i', 'c000000000000000'],
    ['complex64', 8, '1', '000000003f800000'],
    ['complex128', 16, '1e2-2.5e-1i', 'bfd00000000000004059000000000000'],
    ['complex64', 8, 'complex(1)', ', is missing'],
    ['complex64', 8, '1-2', 'i is missing'],
    ['complex64', 8, 'complex128(1)', 'a complex64 is expected here, not a complex128'],
    ['complex64', 8, '(1e300+0i)', '1e300 is no float32'],
  ] as const)('%s of %i bytes: %s is %s', (kind, size, text, bytes) => {
    expect(parsed(kind, size, text)).toBe(bytes);
  });
});

describe('structs, arrays and what interfaces hold', () => {
  const types = new FakeTypes('go1.26.8', 'swiss');
  const int = types.plain({ kind: 'int16', name: 'int16', size: 2, named: true });
  const complex = types.plain({ kind: 'complex128', name: 'complex128', size: 16, named: true });
  const two = types.array('[2]int16', int, 2, 4);
  const three = types.array('[3]int16', int, 3, 6);
  const id = types.plain({ kind: 'int16', name: 'main.ID', size: 2, named: true });
  const other = types.plain({ kind: 'int16', name: 'shop.ID', size: 2, named: true });
  const point = types.struct('main.Point', 8, [
    { name: 'X', type: int, offset: 0 },
    { name: '_', type: int, offset: 2 },
    { name: 'Z', type: two, offset: 4 },
  ]);
  const any = types.interface('interface {}', 0);
  const reader = types.reader();
  const held =
    (...names: [string, Addr][]) =>
    () =>
      new Map(names);
  const read = (type: Addr, text: string, ...names: [string, Addr][]): string => {
    try {
      const key = parseKey(text, reader, type, held(...names));
      const { bytes, of } =
        key.kind === 'interface'
          ? { bytes: key.value!.bytes, of: `${reader.nameOf(key.type)} ` }
          : { bytes: key.bytes, of: '' };
      return of + Buffer.from(bytes).toString('hex');
    } catch (error) {
      if (!isMapauditError(error, 'usage-key')) throw error;
      const [what = '', line, caret = ''] = error.message.split('\n');
      expect(line).toBe(`    ${text}`);
      return `${caret.indexOf('^') - 4}: ${what}`;
    }
  };

  it.each([
    ['main.Point{X: 1, Z: [2]int16{2, 3}}', '0100000002000300'],
    ['Point{X: 1, Z: [...]int16{2, 3}}', '0100000002000300'],
    ['Point{1, 7, [2]int16{2}}', '0100070002000000'],
    ['{Z: {2, 3}}', '0000000002000300'],
    ['Point{X: 1, _: 0}', '12: a blank field has no value: leave it out'],
    ['Point{X: 1, X: 2}', '12: the field X is given twice'],
    ['Points{X: 1}', '0: a main.Point is expected here, not a Points'],
    ['shop.Point{X: 1}', '0: a main.Point is expected here, not a shop.Point'],
    ['Point{Z: [...]int16{2}}', '9: that is an array of 1, and no [2]int16'],
    ['Point{Z: [3]int16{2}}', '9: a [2]int16 is expected here, not a [3]int16'],
  ])('%s is %s', (text, wanted) => {
    expect(read(point, text)).toBe(wanted);
  });

  it.each([
    ['complex(1, -2)', 'complex128 000000000000f03f00000000000000c0'],
    ['1-2i', 'complex128 000000000000f03f00000000000000c0'],
    ['[...]int16{1, 2}', '[2]int16 01000200'],
    ['[...]int16{1, 2, 3}', '[3]int16 010002000300'],
    ['[...]int16{1}', '0: [...]int16 may be [2]int16 or [3]int16: say which'],
    ['Point{X: 1}', 'main.Point 0100000000000000'],
    ['main.ID(4)', 'main.ID 0400'],
    ['ID(4)', '0: ID may be main.ID or shop.ID: say which'],
    [
      'Id(4)',
      '0: no key of this map holds an Id; its keys hold: [2]int16, [3]int16, complex128, main.ID, main.Point, shop.ID',
    ],
  ])('in an interface %s is %s', (text, wanted) => {
    expect(
      read(
        any,
        text,
        ['complex128', complex],
        ['[2]int16', two],
        ['[3]int16', three],
        ['main.ID', id],
        ['shop.ID', other],
        ['main.Point', point],
      ),
    ).toBe(wanted);
  });
});
