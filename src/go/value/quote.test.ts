import { describe, expect, it } from 'vitest';
import { quote, trimCut } from './quote.ts';

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((p) => (typeof p === 'number' ? [p] : [...new TextEncoder().encode(p)])));

describe('quote', () => {
  // The right-hand sides are what strconv.Quote of Go 1.26.8 prints.
  it.each([
    [bytes(''), '""'],
    [bytes('sess:91af'), '"sess:91af"'],
    [bytes('a"b\\c'), '"a\\"b\\\\c"'],
    [bytes('\t\n\r\x07\x08\x0b\x0c'), '"\\t\\n\\r\\a\\b\\v\\f"'],
    [bytes(0, 1, 0x7f), '"\\x00\\x01\\x7f"'],
    [bytes(0xff, 0xfe, 'x'), '"\\xff\\xfex"'],
    [bytes('用户 😀'), '"用户 😀"'],
    [bytes('\u200b\u00a0\ufeff'), '"\\u200b\\u00a0\\ufeff"'],
    [bytes('\u{e0001}'), '"\\U000e0001"'],
    [bytes(0xed, 0xa0, 0x80), '"\\xed\\xa0\\x80"'],
    [bytes(0xc0, 0x80), '"\\xc0\\x80"'],
    [bytes('\ufffd'), '"\ufffd"'],
  ])('writes %j as Go does', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });
});

describe('trimCut', () => {
  it('drops a character that was cut in two, and nothing else', () => {
    const whole = bytes('ab用');
    expect(trimCut(whole)).toEqual(whole);
    expect(trimCut(whole.subarray(0, 4))).toEqual(bytes('ab'));
    expect(trimCut(whole.subarray(0, 3))).toEqual(bytes('ab'));
    expect(trimCut(bytes('😀').subarray(0, 3))).toEqual(bytes());
    expect(trimCut(bytes('a', 0x80))).toEqual(bytes('a', 0x80));
  });
});
