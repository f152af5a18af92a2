import { describe, expect, it } from 'vitest';
import { goCharacter, plainCharacter } from './go_character.ts';

const of = (text: string): unknown => {
  const found = goCharacter(text, 0);
  return found && [found.rune, [...found.bytes], found.length];
};

describe('a character of a Go literal', () => {
  it('stands for itself, in UTF-8', () => {
    expect(of('a')).toEqual([97, [97], 1]);
    expect(of('é')).toEqual([0xe9, [0xc3, 0xa9], 1]);
    expect(of('😀')).toEqual([0x1f600, [0xf0, 0x9f, 0x98, 0x80], 2]);
  });

  it('is one byte where an escape tells one', () => {
    expect(of(String.raw`\xff`)).toEqual([0xff, [0xff], 4]);
    expect(of(String.raw`\377`)).toEqual([0xff, [0xff], 4]);
    expect(of(String.raw`\n`)).toEqual([10, [10], 2]);
    expect(of(String.raw`\'`)).toEqual([39, [39], 2]);
  });

  it('is UTF-8 where an escape tells a code point', () => {
    expect(of(String.raw`\u00e9`)).toEqual([0xe9, [0xc3, 0xa9], 6]);
    expect(of(String.raw`\U0001F600`)).toEqual([0x1f600, [0xf0, 0x9f, 0x98, 0x80], 10]);
  });

  it('is none where Go has no such escape', () => {
    for (const text of [
      String.raw`\q`,
      String.raw`\x4`,
      String.raw`\400`,
      String.raw`\ud800`,
      String.raw`\U00110000`,
      '\\',
    ])
      expect(of(text), text).toBeUndefined();
  });

  it('has no escapes between back quotes', () => {
    expect(plainCharacter(String.raw`\n`, 0).rune).toBe(0x5c);
  });
});
