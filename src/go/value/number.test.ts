import { describe, expect, it } from 'vitest';
import { formatComplex, formatFloat } from './number.ts';

describe('formatFloat', () => {
  // The texts are what strconv.FormatFloat(f, 'g', -1, bits) of Go 1.26.8 gives.
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [100, '100'],
    [100000, '100000'],
    [1000000, '1e+06'],
    [123456789, '1.23456789e+08'],
    [1e20, '1e+20'],
    [1e21, '1e+21'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-1.25e-7, '-1.25e-07'],
    [1e300, '1e+300'],
    [1 / 3, '0.3333333333333333'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('writes %d', (value, text) => {
    expect(formatFloat(value, 64)).toBe(text);
  });

  it('finds the shortest text of a float32', () => {
    expect(formatFloat(Math.fround(0.1), 32)).toBe('0.1');
    expect(formatFloat(Math.fround(33.333332), 32)).toBe('33.333332');
    expect(formatFloat(Math.fround(16777216), 32)).toBe('1.6777216e+07');
  });
});

describe('formatComplex', () => {
  it('signs the imaginary part', () => {
    expect(formatComplex(1, 2, 64)).toBe('(1+2i)');
    expect(formatComplex(-1.5, -0, 64)).toBe('(-1.5-0i)');
    expect(formatComplex(Infinity, NaN, 64)).toBe('(+Inf+NaNi)');
  });
});
