import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import type { Kind } from '../../go/types/kinds.ts';
import { FakeTypes } from '../../go/types/testing.ts';
import { parseKey } from './parse_key.ts';

/** The bytes of a key of a plain type, as one little-endian number in hex; or what is wrong with it. */
function parsed(kind: Kind, size: number, text: string): string {
  const types = new FakeTypes('go1.26.8', 'swiss');
  const type = types.plain({ kind, name: kind, size, named: true });
  try {
    return Buffer.from(parseKey(text, types.reader(), type).bytes)
      .reverse()
      .toString('hex');
  } catch (error) {
    if (isMapauditError(error)) return (error.message.split('\n')[0] ?? '').trim();
    throw error;
  }
}

describe('numbers as keys', () => {
  it.each([
    ['0755', '000001ed'],
    ['-010', 'fffffff8'],
    ['0o17', '0000000f'],
    ['0x1F', '0000001f'],
    ['0b101', '00000005'],
    ['1_000', '000003e8'],
    ['0', '00000000'],
    ["'a'", '00000061'],
  ])('int32 %s is %s', (text, bytes) => {
    expect(parsed('int32', 4, text)).toBe(bytes);
  });

  it.each([
    ['float32', 4, '1.5', '3fc00000'],
    ['float32', 4, '+Inf', '7f800000'],
    ['float32', 4, '1e300', '1e300 is no float32'],
    ['float64', 8, '1e300', '7e37e43c8800759c'],
    ['float64', 8, '1e999', '1e999 is no float64'],
    ['complex64', 8, '(1-2i)', 'c00000003f800000'],
    ['complex64', 8, '(1e300+0i)', '1e300 is no float32'],
  ] as const)('%s of %i bytes: %s is %s', (kind, size, text, bytes) => {
    expect(parsed(kind, size, text)).toBe(bytes);
  });
});
