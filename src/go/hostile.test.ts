import { describe, it } from 'vitest';
import { isMapauditError } from '../base/errors.ts';
import { makeElf } from '../binary/elf/testing.ts';
import { bufferSource } from '../model/byte_source.ts';
import { openGoBinary } from './go_binary.ts';

/** Anything but a MapauditError fails the test. */
function tryOpen(bytes: Uint8Array): void {
  try {
    openGoBinary(bufferSource(bytes));
  } catch (error) {
    if (!isMapauditError(error)) throw error;
  }
}

describe('a hostile file', () => {
  it('survives every truncation and many flipped bytes with nothing but its own errors', () => {
    const whole = makeElf({
      sections: {
        '.text': 'code'.repeat(50),
        '.go.buildinfo': '\xff Go buildinf:',
        '.noptrdata': 'x'.repeat(64),
      },
    });
    for (let length = 0; length < whole.length; length += 16) tryOpen(whole.slice(0, length));
    let seed = 42;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    for (let round = 0; round < 2000; round++) {
      const bytes = whole.slice();
      for (let i = 0; i < 4; i++) bytes[random(bytes.length)] = random(256);
      tryOpen(bytes);
    }
  });
});
