import { describe, expect, it } from 'vitest';
import { globMatcher, literalPrefix } from './glob.ts';
import { kernelFilter, kernelKeyText } from './kernel_filter.ts';

describe('globMatcher', () => {
  it.each([
    ['sess:*', 'sess:91af', true],
    ['sess:*', 'xsess:91af', false],
    ['*', '', true],
    ['*', '/a/.b/c', true],
    ['/api/*', '/api/v1/users', true],
    ['user?', 'user1', true],
    ['user?', 'user12', false],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[!a-c]x', 'dx', true],
    ['[^a-c]x', 'ax', false],
    ['[]x]', ']', true],
    ['[\\]a]', 'a', true],
    ['a-b*', 'a-b-c', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a.b', 'axb', false],
    ['(a|b)+', '(a|b)+', true],
    ['{a,b}', 'a', false],
    ['*ab*ab', 'abab', true],
    ['*ab*ab', 'xab', false],
    ['a*a', 'a', false],
    ['a*b?d*', 'axbb1dz', true],
    ['*[0-9]**[0-9]*é?', 'x1y2é😀', true],
    ['*a*b*c*d*e*f*g*h*i*j*k*', 'abcdefghijk', true],
    ['*a*b*c*d*e*f*g*h*i*j*k*', 'abcdefghikj', false],
  ])('%s on %s: %s', (glob, text, matches) => {
    expect(globMatcher(glob)(text)).toBe(matches);
  });

  it('is done with a text that nearly fits', () => {
    // Each star more would take a hundred times as long where all of them are tried again.
    expect(globMatcher(`${'*a'.repeat(12)}x`)('/api/v1/users/'.concat('a-'.repeat(60)))).toBe(false);
  });
});

describe('literalPrefix', () => {
  it('ends at the first special character, and knows whether that was all', () => {
    expect(literalPrefix('sess:*')).toEqual({ text: 'sess:', exact: false });
    expect(literalPrefix('sess:91af')).toEqual({ text: 'sess:91af', exact: true });
    expect(literalPrefix('a\\*b?')).toEqual({ text: 'a*b', exact: false });
    expect(literalPrefix('[ab]')).toEqual({ text: '', exact: false });
  });
});

describe('kernelFilter', () => {
  it('leaves maps and goroutines to constants of the program, types and callers to verdicts', () => {
    expect(kernelFilter({ ops: [], mapAddress: 0xc000_1234, goid: 7 })).toEqual({
      mapAddress: 0xc000_1234,
      goid: 7,
      verdicts: false,
    });
    expect(kernelFilter({ ops: [], map: 'Session' })).toEqual({ verdicts: true });
    expect(kernelFilter({ ops: [], site: 'evict' })).toEqual({ verdicts: true });
  });
});

describe('kernelKeyText', () => {
  it('gives the kernel what can only be a string', () => {
    expect(kernelKeyText('sess:*')).toEqual({ bytes: new TextEncoder().encode('sess:'), exact: false });
    expect(kernelKeyText('sess:1')).toMatchObject({ exact: true });
    expect(kernelKeyText(`${'a:'.repeat(40)}x`)).toMatchObject({ exact: false });
  });

  it.each(['42', 'user*', '*', 'main.Pair{*', 'tab\\*', '"quoted"', 'use\tr', '用户:*'])(
    'keeps %s to itself',
    (glob) => {
      expect(kernelKeyText(glob)).toBeUndefined();
    },
  );
});
