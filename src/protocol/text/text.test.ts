import { describe, expect, test } from 'vitest';
import { mapLabel, placeLabel, shortFunction } from './labels.ts';
import { bytes, clock, counted, rate, spoken } from './numbers.ts';
import { printable } from './printable.ts';
import { layout, row, table, type Column } from './table.ts';
import { fit, middleTruncate, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

describe('printable', () => {
  test('plain and foreign text stays', () => {
    expect(printable('map[string]int 日本語 ü 👩‍🚀'.replace('\u200d', ''))).toBe(
      'map[string]int 日本語 ü 👩🚀',
    );
  });

  test('every character that could steer a terminal is written out', () => {
    expect(printable('a\x1b[2J\x07\n\t\r\x7f\x9b\u202e\u2028\ufeff\ud800z')).toBe(
      'a\\x1b[2J\\x07\\n\\t\\r\\x7f\\u009b\\u202e\\u2028\\ufeff\\ud800z',
    );
  });

  test('no control character passes, whatever it is', () => {
    const all = Array.from({ length: 0xa0 }, (_, i) => String.fromCharCode(i)).join('');
    expect(printable(all)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });
});

describe('width', () => {
  test('wide characters count twice, combining ones not at all', () => {
    expect([widthOf('abc'), widthOf('日本'), widthOf('e\u0301')]).toEqual([3, 4, 1]);
  });

  test('cut in the middle, the end a little longer', () => {
    expect(middleTruncate('github.com/a/b.(*T).method', 12)).toBe('githu…method');
    expect(middleTruncate('short', 12)).toBe('short');
    expect(middleTruncate('abc', 1)).toBe('…');
    expect(middleTruncate('abc', 0)).toBe('');
  });

  test('a wide character is never cut in two', () => {
    for (let width = 0; width < 14; width++)
      expect(widthOf(middleTruncate('日本語の長い名前', width))).toBeLessThanOrEqual(width);
  });

  test('fit gives exactly the width', () => {
    for (const text of ['', 'ab', '日本語の長い名前', 'long enough to be cut'])
      expect(widthOf(fit(text, 9))).toBe(9);
    expect(fit('7', 3, 'right')).toBe('  7');
  });
});

describe('table', () => {
  const columns: readonly Column[] = [
    { title: 'A', min: 4, ideal: 6 },
    { title: 'B', min: 4, ideal: 10, grows: true },
    { title: 'C', min: 4, ideal: 4, drop: 1 },
  ];

  test('ideal without a width, or when it fits exactly', () => {
    expect(layout(columns, undefined)).toEqual([6, 10, 4]);
    expect(layout(columns, 24)).toEqual([6, 10, 4]);
  });

  test('spare room goes to those that grow', () => {
    expect(layout(columns, 30)).toEqual([6, 16, 4]);
  });

  test('narrow: first less than ideal, then a column goes', () => {
    expect(layout(columns, 18)).toEqual([5, 5, 4]);
    expect(layout(columns, 12)).toEqual([5, 5, 0]);
  });

  test('rows are cut to their columns, and not when there is no limit', () => {
    expect(row(['abcdef', 'x', 'y'], columns, [4, 4, 4])).toBe('a…ef  x     y');
    expect(row(['abcdefgh', 'x', 'y'], columns, [4, 4, 4], false)).toBe('abcdefgh  x     y');
  });

  test('a table is never wider than asked for', () => {
    const rows = [['name', 'a very long cell that has to be cut', 'c']];
    for (const line of table(columns, rows, 20)) expect(widthOf(line)).toBeLessThanOrEqual(20);
  });
});

test('labels', () => {
  expect(shortFunction('example.com/shop/cache.(*Cache).evict')).toBe('cache.(*Cache).evict');
  expect(shortFunction('slices.SortFunc[go.shape.[]a.com/b.T,x/y.Z]')).toBe(
    'slices.SortFunc[go.shape.[]a.com/b.T,x/y.Z]',
  );
  expect(shortFunction('a.com/b.Map[x/y.K].Set')).toBe('b.Map[x/y.K].Set');
  expect(placeLabel({ function: 'a/b.f', file: '/x/y.go', line: 7 })).toBe('b.f y.go:7');
  expect(placeLabel({})).toBe('');
  expect(mapLabel({ type: 'map[int]int', id: 3 })).toBe('map[int]int #3');
  expect(mapLabel({})).toBe('map ?');
});

test('numbers', () => {
  expect([0, 0.01, 0.4, 99.94, 99.96, 9999.4, 9999.6, 18_234, 999_960].map(rate)).toEqual([
    '0', '<0.1', '0.4', '99.9', '100', '9,999', '10.0k', '18.2k', '1.0M',
  ]); // prettier-ignore
  expect([850, 1000, 1500, 90_000, 60_000].map(spoken)).toEqual([
    '850 ms',
    '1 s',
    '1.5 s',
    '1 min 30 s',
    '1 min',
  ]);
  expect([7000, 753_000, 3_725_000].map(clock)).toEqual(['0:07', '12:33', '1:02:05']);
  expect([512, 12_345, 12_345_678, 2e9].map(bytes)).toEqual(['512 B', '12.3 kB', '12.3 MB', '2.0 GB']);
  expect([counted(1, 'event'), counted(3112, 'event')]).toEqual(['1 event', '3,112 events']);
});

test('wrap keeps the indentation', () => {
  expect(wrap('  1  one two three', 12, '     ')).toEqual(['  1 one two', '     three']);
});
