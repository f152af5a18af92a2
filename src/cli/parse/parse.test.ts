import { expect, test } from 'vitest';
import { parseAge, parseDuration } from './duration.ts';
import { globOf } from './glob.ts';
import { parseLabel } from './label.ts';
import { parseMapName, parseMapOrType, parseMapPattern } from './map_name.ts';
import { wholeNumber } from './number.ts';
import { parseOn } from './on.ts';
import { parseRingSize, parseStoreSize } from './size.ts';

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ['65536', 65_536],
  ['512K', 524_288],
  ['3m', 4_194_304],
  ['4MiB', 4_194_304],
])('a ring of %s has %d bytes', (text, bytes) => {
  expect(parseRingSize(text)).toBe(bytes);
});

test.each([
  ['36h', 129_600_000],
  ['14d', 1_209_600_000],
  ['1d12h', 129_600_000],
])('an age of %s is %d ms', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

test.each([
  ['16M', 16_777_216],
  ['4G', 4_294_967_296],
  ['20000000', 20_000_000],
])('a store of %s has %d bytes', (text, bytes) => {
  expect(parseStoreSize(text)).toBe(bytes);
});

test.each([
  [parseAge, '59m', /out of range/],
  [parseAge, '40000d', /out of range/],
  [parseAge, '7', /not a duration/],
  [parseDuration, '25d', /too long/],
  [parseStoreSize, '15M', /out of range/],
  [parseStoreSize, '99999999G', /out of range/],
  [parseStoreSize, 'much', /not a size/],
] as const)('%o refuses %s', (parse, text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test.each(['*', 'a[!]]b', 'a\\[', 'x[a-z]*', '{a,b}'])('%s is a glob', (text) => {
  expect(globOf('--key')(text)).toBe(text);
});

test('a number that is too large is not told to be larger', () => {
  const parse = wholeNumber('goroutine id', 0);
  expect(parse('918')).toBe(918);
  let hint: unknown;
  try {
    parse('99999999999999999999');
  } catch (error) {
    hint = (error as { hint?: string }).hint;
  }
  expect(hint).toBe(`Between 0 and ${Number.MAX_SAFE_INTEGER}.`);
});

test.each([
  ['delete', undefined, undefined],
  ['delete map[string]*shop.Session', '^map\\[string\\]\\*shop\\.Session$', undefined],
  ['delete map[string]*', '^map\\[string\\].*$', undefined],
  ['delete /Session$/', 'Session$', undefined],
  ['delete main.cache.sessions', '^main\\.cache\\.sessions$', 'main.cache.sessions'],
  ['delete (*shop.Cache)(0xc000123450).items', expect.any(String), '(*shop.Cache)(0xc000123450).items'],
  ['delete main.Registry', '^main\\.Registry$', 'main.Registry'],
])('--on %s', (text, map, path) => {
  const on = parseOn(text);
  expect([on.ops, on.map, on.path]).toEqual([['delete'], map, path]);
});

test.each([
  ['delete map[int', '    delete map[int\n              ^'],
  ['delete map[string]map[int', '    delete map[string]map[int\n                         ^'],
])('the bracket that nothing closes is shown: %s', (text, picture) => {
  expect(() => parseOn(text)).toThrow(picture);
});

test('a star may stand for the bracket that closes', () => {
  expect(parseOn('delete map[int*').map).toBe('^map\\[int.*$');
});

test.each([
  ['map[string]*shop.Session', 'map\\[string\\]\\*shop\\.Session'],
  ['map\\[string\\]\\*shop', 'map\\[string\\]\\*shop'],
  ['Session$', 'Session$'],
  ['(*shop.Cache).sessions', '\\(\\*shop\\.Cache\\)\\.sessions'],
])('--map %s is the pattern %s', (text, pattern) => {
  expect(parseMapPattern(text)).toBe(pattern);
});

test('a name or a type that is compared as it was typed stays as it is', () => {
  expect(parseMapName('(*shop.Cache).sessions')).toBe('(*shop.Cache).sessions');
  expect(parseMapName('map[int]int')).toBe('map\\[int\\]int');
  expect(parseMapOrType('map[int]int')).toBe('map[int]int');
});

test.each([
  ['route=/login*', { name: 'route', value: '/login*' }],
  ['a b=c=d', { name: 'a b', value: 'c=d' }],
  ['empty=', { name: 'empty', value: '' }],
])('--label %s', (text, label) => {
  expect(parseLabel(text)).toEqual(label);
});

test.each(['route', '=x', 'route=[a'])('--label %s makes no sense', (text) => {
  expect(() => parseLabel(text)).toThrow('--label');
});
