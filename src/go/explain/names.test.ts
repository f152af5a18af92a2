import { expect, test } from 'vitest';
import { belongsTo, matchFiles, matchFunction, nearestFiles, plainName } from './names.ts';
import { parseWhere } from './where.ts';

const NAMES = [
  'main.main',
  'example.com/shop.(*Cache).evict',
  'example.com/shop.(*Cache).evict.func1',
  'example.com/shop/limit.(*Limiter).evict',
  'example.com/shop.Keys[go.shape.map[string]int,go.shape.string]',
  'example.com/shop.Keys[...]',
  'gopkg.in/yaml%2ev3.Marshal',
];

test('a place is a line, a file or a function', () => {
  expect(parseWhere('cache.go:88')).toEqual({ kind: 'file', file: 'cache.go', line: 88 });
  expect(parseWhere('shop/cache.go')).toEqual({ kind: 'file', file: 'shop/cache.go' });
  expect(parseWhere('shop.(*Cache).evict')).toEqual({ kind: 'function', name: 'shop.(*Cache).evict' });
  expect(parseWhere('main.go')).toEqual({ kind: 'file', file: 'main.go' });
});

test('type arguments do not count, and escapes of the linker are undone', () => {
  expect(plainName('a.Keys[go.shape.map[string]int,go.shape.string].func1')).toBe('a.Keys.func1');
  expect(plainName('gopkg.in/yaml%2ev3.Marshal')).toBe('gopkg.in/yaml.v3.Marshal');
});

test.each([
  ['main.main', 'main.main'],
  ['shop.(*Cache).evict', 'example.com/shop.(*Cache).evict'],
  ['(*Limiter).evict', 'example.com/shop/limit.(*Limiter).evict'],
  ['shop.Keys', 'example.com/shop.Keys'],
  ['Keys[int]', 'example.com/shop.Keys'],
  ['yaml.v3.Marshal', 'gopkg.in/yaml.v3.Marshal'],
])('%s means %s', (asked, name) => {
  expect(matchFunction(asked, NAMES)).toEqual({ kind: 'one', name });
});

test('several that fit are listed, and what is like it when none does', () => {
  expect(matchFunction('evict', NAMES)).toEqual({
    kind: 'many',
    names: ['example.com/shop.(*Cache).evict', 'example.com/shop/limit.(*Limiter).evict'],
  });
  expect(matchFunction('shop.Cache.evict', NAMES)).toMatchObject({
    kind: 'none',
    near: ['example.com/shop.(*Cache).evict'],
  });
  expect(matchFunction('xyzzyxyzzy', NAMES)).toEqual({ kind: 'none', near: [] });
});

test('what was made for a type is meant by its whole name alone', () => {
  const names = ['type:.eq.fmt.fmt', 'type..hash.main.fmt', 'fmt.Println'];
  expect(matchFunction('fmt', names)).toMatchObject({ kind: 'none' });
  expect(matchFunction('type:.eq.fmt.fmt', names)).toEqual({ kind: 'one', name: 'type:.eq.fmt.fmt' });
});

test('closures and loop bodies belong to their function, other functions do not', () => {
  expect(belongsTo('a.F.func1', 'a.F')).toBe(true);
  expect(belongsTo('a.F[...]-range1', 'a.F')).toBe(true);
  expect(belongsTo('a.Fx', 'a.F')).toBe(false);
  expect(belongsTo('a.F.Method', 'a.F')).toBe(false);
});

test('a file is found by the end of its path, whole elements only', () => {
  const files = ['/src/shop/cache.go', '/src/limit/cache.go', '/src/mycache.go'];
  expect(matchFiles('cache.go', files)).toEqual(['/src/limit/cache.go', '/src/shop/cache.go']);
  expect(matchFiles('shop/cache.go', files)).toEqual(['/src/shop/cache.go']);
  expect(matchFiles('./shop/cache.go', files)).toEqual(['/src/shop/cache.go']);
  expect(nearestFiles('cahce.go', files)).toContain('/src/shop/cache.go');
});
