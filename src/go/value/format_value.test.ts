import { describe, expect, it } from 'vitest';
import { addr } from '../../model/addr.ts';
import { FakeTypes, TYPES } from '../types/testing.ts';
import { type Elsewhere, formatValue, inInterface, NOTHING_ELSEWHERE, pointerTo } from './format_value.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const types = new FakeTypes('go1.26.8', 'swiss');
const int = types.plain({ kind: 'int64', name: 'int64', size: 8, named: true });
const id = types.plain({ kind: 'uint16', name: 'shop.ID', size: 2, named: true });
const string = types.plain({ kind: 'string', name: 'string', size: 16, named: true });
const any = types.interface('interface {}', 0);
const empty = types.struct('struct {}', 0, []);
const key = types.struct('shop.Key', 40, [
  { name: 'N', type: int, offset: 0 },
  { name: 'Name', type: string, offset: 8 },
  { name: 'I', type: any, offset: 24 },
]);
const array = types.array('[3]shop.ID', id, 3, 6);
const endless = types.array('[1099511627776]struct {}', empty, 2 ** 40, 0);
const reader = types.reader();

const text = (
  type: number,
  bytes: Uint8Array | number[],
  elsewhere: Elsewhere = NOTHING_ELSEWHERE,
): unknown => {
  const value = formatValue(reader, addr(type), Uint8Array.from(bytes), elsewhere);
  return value === undefined ? undefined : [value.text, value.truncated, value.unreadable];
};
const numbers = (...words: number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(words.map(BigInt)).buffer);

describe('formatValue', () => {
  it('shows no more of arrays of numbers than is asked for, inside of structs too', () => {
    const byte = types.plain({ kind: 'uint8', name: 'uint8', size: 1, named: true });
    const token = types.array('[6]uint8', byte, 6, 6);
    const holder = types.struct('shop.Token', 16, [
      { name: 'N', type: int, offset: 0 },
      { name: 'T', type: token, offset: 8 },
    ]);
    const cut = (type: number, bytes: number[], limit: number): unknown => {
      const value = formatValue(types.reader(), addr(type), Uint8Array.from(bytes), NOTHING_ELSEWHERE, {
        bytes: limit,
      });
      return [value?.text, value?.truncated];
    };
    expect(cut(token, [1, 2, 3, 4, 5, 6], 3)).toEqual(['[6]uint8{1, 2, 3, …}', true]);
    expect(cut(token, [1, 2, 3, 4, 5, 6], 6)).toEqual(['[6]uint8{1, 2, 3, 4, 5, 6}', false]);
    expect(cut(array, [1, 0, 2, 0, 3, 0], 3)).toEqual(['[3]shop.ID{1, …}', true]);
    const held = [9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0];
    expect(cut(holder, held, 2)).toEqual(['shop.Token{N: 9, T: [6]uint8{1, 2, …}}', true]);
  });

  it('says how many elements of an array it leaves out', () => {
    const value = formatValue(
      types.reader(),
      addr(array),
      Uint8Array.from([1, 0, 2, 0, 3, 0]),
      NOTHING_ELSEWHERE,
      {
        items: 1,
      },
    );
    expect(value).toEqual({ text: '[3]shop.ID{1, … 2 more}', truncated: false, unreadable: false });
  });

  it('writes structs and arrays with their type', () => {
    expect(text(array, [1, 0, 2, 0, 0xff, 0xff])).toEqual(['[3]shop.ID{1, 2, 65535}', false, false]);
    const parts: Elsewhere = {
      text: (offset) => (offset === 8 ? { bytes: utf8('a"b'), length: 3 } : 'not-captured'),
      value: (offset) =>
        offset === 24
          ? { bytes: Uint8Array.of(7, 0), length: 2, type: id, inside: NOTHING_ELSEWHERE }
          : 'not-captured',
    };
    expect(text(key, numbers(-5, 1, 2, 3, 4), parts)).toEqual([
      'shop.Key{N: -5, Name: "a\\"b", I: shop.ID(7)}',
      false,
      false,
    ]);
  });

  it('leaves out blank fields, which Go takes no value for', () => {
    const blank = types.struct('shop.Row', 16, [
      { name: '_', type: int, offset: 0 },
      { name: 'N', type: int, offset: 8 },
    ]);
    expect(formatValue(types.reader(), blank, numbers(7, 8), NOTHING_ELSEWHERE)?.text).toBe('shop.Row{N: 8}');
  });

  it.each([
    ['int64', 'int64', '5', 'int64(5)', 'new(int64(5))'],
    ['int', 'int', '5', '5', 'new(5)'],
    ['float64', 'float64', '5', 'float64(5)', 'new(float64(5))'],
    ['float64', 'float64', '5.5', '5.5', 'new(5.5)'],
    ['string', 'shop.Name', '"a"', 'shop.Name("a")', 'new(shop.Name("a"))'],
    ['slice', '[]int', '[]int{1}', '[]int{1}', '&[]int{1}'],
    ['slice', '[]int', 'nil', '[]int(nil)', 'new([]int)'],
    ['pointer', '*shop.Key', '&shop.Key{N: 1}', '&shop.Key{N: 1}', 'new(&shop.Key{N: 1})'],
    ['pointer', '*int', '(*int)(0xc000010000)', '(*int)(0xc000010000)', 'new((*int)(0xc000010000))'],
    ['pointer', '*int', '0xc000010000', '(*int)(0xc000010000)', 'new(0xc000010000)'],
  ] as const)('tells the type of a %s where it is not seen: %s', (kind, name, shown, held, pointed) => {
    const more = new FakeTypes('go1.26.8', 'swiss');
    const type = more.plain({ kind, name, size: 8, named: true });
    const head = more.reader().head(type)!;
    expect([inInterface(head, shown), pointerTo(head, shown)]).toEqual([held, pointed]);
  });

  it('shows what is missing, and why', () => {
    expect(text(array, [1, 0, 2])).toEqual(['[3]shop.ID{1, …}', true, false]);
    expect(text(key, numbers(1))).toEqual(['shop.Key{N: 1, Name: …, I: …}', true, false]);
    const unreadable: Elsewhere = { text: () => 'unreadable', value: () => 'unreadable' };
    expect(text(key, numbers(1), unreadable)).toEqual(['shop.Key{N: 1, Name: …, I: …}', false, true]);
    const cut: Elsewhere = { ...unreadable, text: () => ({ bytes: utf8('ab'), length: 9 }) };
    expect(text(string, [], cut)).toEqual(['"ab"…', true, false]);
  });

  it('knows nil, and types that it cannot read', () => {
    const nil: Elsewhere = {
      ...NOTHING_ELSEWHERE,
      value: () => ({ bytes: new Uint8Array(0), length: 0, type: addr(0), inside: NOTHING_ELSEWHERE }),
    };
    expect(text(any, [], nil)).toEqual(['nil', false, false]);
    expect(text(TYPES - 64, numbers(1))).toBeUndefined();
  });

  it('comes to an end also where an array of nothing has any number of elements', () => {
    const [shown, truncated] = text(endless, []) as [string, boolean];
    expect(truncated).toBe(true);
    expect(shown.length).toBeLessThan(100_000);
  });
});
