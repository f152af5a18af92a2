import { expect, it } from 'vitest';
import { parseGoLiteral } from '../../model/go_literal.ts';
import { keyTypeName, sameLiteral } from './same_literal.ts';

const like = (kept: string, typed: string, type?: string): string => {
  const [a, b] = [parseGoLiteral(kept), parseGoLiteral(typed)];
  return a === undefined || b === undefined ? 'none' : sameLiteral(a, b, type);
};

it.each([
  ['-0', '0', 'float64'],
  ['1.5', '1.50', 'float64'],
  ['1', '1.0', 'float64'],
  ['18446744073709551615', '0xffffffffffffffff', 'uint64'],
  ['120', "'x'", 'int32'],
  ['"a b\\"c"', '`a b"c`', 'string'],
  ['"q"', 'main.ID("q")', 'main.ID'],
  ['main.P{X: 1, Y: 2}', 'main.P{1,2}', 'main.P'],
  ['main.P{X: 1, Y: 2}', 'P{Y: 2, X: 1}', 'main.P'],
  ['main.P{X: 1, Y: 2}', '{1, 2}', 'main.P'],
  ['main.P{X: 1, Y: 0}', '{X: 1}', 'main.P'],
  ['[3]int{0, 0, 7}', '[3]int{2: 7}', '[3]int'],
  ['[4]uint8{1, 2, 3, 4}', '[...]byte{1,2,3,4}', '[4]uint8'],
  ['int8(1)', 'int8(0x1)', 'interface {}'],
  ['(1+0i)', '1', 'complex128'],
])('%s is %s of %s', (kept, typed, type) => expect(like(kept, typed, type)).toBe('same'));

it.each([
  ['1', '2', 'int'],
  ['18446744073709551615', '18446744073709551614', 'uint64'],
  ['"1"', '1', 'interface {}'],
  ['int8(1)', '1', 'interface {}'],
  ['main.P{X: 1, Y: 2}', '{1, 2}', 'interface {}'],
  ['"q"', 'main.Other("q")', 'main.ID'],
  ['main.P{X: 1, Y: 2}', 'main.P{1}', 'main.P'],
  ['main.P{X: 1, Y: 2}', 'other.P{1, 2}', 'main.P'],
  ['main.P{X: 1, Y: 2}', '{1, 2, 3}', 'main.P'],
  ['main.P{X: 1, Y: 2}', '{Z: 1}', 'main.P'],
  ['"abc"…', '"abx1"', 'string'],
])('%s is not %s of %s', (kept, typed, type) => expect(like(kept, typed, type)).toBe('other'));

it('says where only the beginning was kept', () => {
  expect(like('"abc"…', '"abcdef"', 'string')).toBe('cut');
  expect(like('[40]int64{0, 0, …}', '[40]int64{39: 1}', '[40]int64')).toBe('cut');
  expect(like('[40]int64{0, 1, …}', '[40]int64{39: 1}', '[40]int64')).toBe('other');
});

it('finds the key type in the name of a map type', () => {
  expect(keyTypeName('map[[3]int]map[string]int')).toBe('[3]int');
  expect(keyTypeName('map[g.Pair[int,string]]int')).toBe('g.Pair[int,string]');
  expect(keyTypeName('sync.Map')).toBeUndefined();
});
