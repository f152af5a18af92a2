import { describe, expect, it } from 'vitest';
import { aesEnc } from './aes.ts';

/** A register as Intel writes it, the highest byte first. */
const block = (hex: string): Uint32Array =>
  Uint32Array.from({ length: 4 }, (_, i) => parseInt(hex.slice(24 - i * 8, 32 - i * 8), 16));

describe('aesEnc', () => {
  it('does what AESENC does', () => {
    // Intel, "Advanced Encryption Standard (AES) New Instructions Set", the example of AESENC.
    const state = block('7b5b54657374566563746f725d53475d');
    aesEnc(state, block('48692853686179295b477565726f6e5d'));
    expect(state).toEqual(block('a8311c2f9fdba3c58b104b58ded7e595'));
  });

  it('takes the state itself as key', () => {
    const state = block('7b5b54657374566563746f725d53475d');
    const other = state.slice();
    aesEnc(other, state.slice());
    aesEnc(state, state);
    expect(state).toEqual(other);
  });
});
