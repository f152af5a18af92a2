import { describe, expect, it } from 'vitest';
import { parseGoLiteral } from './go_literal.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array =>
  Uint8Array.from(Buffer.from(text, encoding));

describe('parseGoLiteral', () => {
  it.each<[string, bigint | number]>([
    ['42', 42n],
    ['-7', -7n],
    ['0xffff_ffff_ffff_ffff', 0xffff_ffff_ffff_ffffn],
    ['017', 15n],
    ["'x'", 120n],
    ["'\\n'", 10n],
    ["'日'", 0x65e5n],
    ['1.5', 1.5],
    ['-1e3', -1000],
    ['+Inf', Infinity],
    ['NaN', NaN],
  ])('%s is a number', (text, value) => expect(parseGoLiteral(text)).toEqual({ kind: 'number', value }));

  it.each([
    ['"a b\\"c"', bytes('a b"c')],
    ['"ключ\\x00\\xff"', Uint8Array.of(...bytes('ключ'), 0, 255)],
    ['`raw\\n`', bytes('raw\\n')],
    ['"\\u00e9\\101"', bytes('éA')],
  ])('%s is a text', (text, of) =>
    expect(parseGoLiteral(text)).toEqual({ kind: 'text', bytes: of, cut: false }),
  );

  it('knows composites, with names, indexes, and none', () => {
    expect(parseGoLiteral('main.P{X: 1, Y: 2}')).toMatchObject({
      type: 'main.P',
      items: [{ name: 'X' }, { name: 'Y' }],
    });
    expect(parseGoLiteral('{1,2}')).toMatchObject({ type: undefined, items: [{ name: undefined }, {}] });
    expect(parseGoLiteral('[40]int64{39: 1}')).toMatchObject({ type: '[40]int64', items: [{ name: '39' }] });
    expect(parseGoLiteral('[3]int{1, 2, 3}')).toMatchObject({ kind: 'composite', type: '[3]int' });
    expect(parseGoLiteral('struct { A int }{A: 1}')).toMatchObject({ type: 'struct { A int }' });
    expect(parseGoLiteral('g.Pair[int,map[string]int]{A: 1}')).toMatchObject({ kind: 'composite' });
    expect(parseGoLiteral('x.io/a-b/p.P{}')).toMatchObject({ type: 'x.io/a-b/p.P', items: [] });
  });

  it('knows conversions, complex numbers and words', () => {
    expect(parseGoLiteral('(*main.P)(0xc000010000)')).toMatchObject({ kind: 'conversion', type: '*main.P' });
    expect(parseGoLiteral('int8(1)')).toMatchObject({ kind: 'conversion', type: 'int8' });
    expect(parseGoLiteral('(chan int)(0x10)')).toMatchObject({ kind: 'conversion', type: 'chan int' });
    expect(parseGoLiteral('(1-2i)')).toEqual({ kind: 'complex', real: 1, imaginary: -2 });
    expect(parseGoLiteral('3i')).toEqual({ kind: 'complex', real: 0, imaginary: 3 });
    expect(parseGoLiteral('complex(1, -2)')).toEqual({ kind: 'complex', real: 1, imaginary: -2 });
    expect(parseGoLiteral('nil')).toEqual({ kind: 'word', word: 'nil' });
  });

  it('says where output was cut', () => {
    expect(parseGoLiteral('"abc"…')).toMatchObject({ kind: 'text', cut: true });
    expect(parseGoLiteral('[40]int64{0, …}')).toMatchObject({ items: [{}, { value: { kind: 'cut' } }] });
  });

  it.each([
    'sess:*',
    'sess:91af',
    'main.P{X: *}',
    '[a-z]*',
    'user?',
    '"open',
    '"bad\\q"',
    'maybe',
    '10.0.0.1',
    '42abc',
    '089',
    'nilly',
    '{a,b}',
    "''",
    'x(',
    '',
    '('.repeat(40),
  ])('%s is none', (text) => expect(parseGoLiteral(text)).toBeUndefined());
});
