import { describe, expect, it } from 'vitest';
import { decodeX86 } from '../../binary/x86/instruction.ts';
import { fileAddr } from '../../model/addr.ts';
import { findEntry } from './prologue.ts';

const START = fileAddr(0x401000);
const code = (hex: string): ReturnType<typeof decodeX86> =>
  decodeX86(Uint8Array.from(Buffer.from(hex.replaceAll(/[^0-9a-f]/g, ''), 'hex')), START);

/** `cmp rsp,[r14+10h]`, short `jbe` to the tail, the body, and the tail: morestack and back. */
const SMALL = '49 3b 66 10 / 76 07 / 55 / 48 89 e5 / 5d c3 / 90 / e8 00 00 00 00 / eb ec';

describe('findEntry', () => {
  it('takes the push after a short check', () => {
    const entry = findEntry(code(SMALL));
    expect(entry).toMatchObject({ skipRestarts: false, at: { address: START + 6, text: 'push rbp' } });
  });

  it('takes the push after a check of a large frame, with a near branch', () => {
    // lea r12,[rsp-100h]; cmp r12,[r14+10h]; jbe near; push rbp; ret; tail: call; jmp start
    const hex =
      '4c 8d a4 24 00 ff ff ff / 4d 3b 66 10 / 0f 86 02 00 00 00 / 55 / c3 / e8 00 00 00 00 / eb e5';
    expect(findEntry(code(hex))).toMatchObject({ skipRestarts: false, at: { address: START + 18 } });
  });

  it('passes over padding before the branch', () => {
    const hex = '49 3b 66 10 / 66 90 / 76 02 / 55 / c3 / e8 00 00 00 00 / eb ef';
    expect(findEntry(code(hex))).toMatchObject({ at: { address: START + 8, text: 'push rbp' } });
  });

  it('takes the branch itself, with the flags, where no push follows', () => {
    // Go 1.20: cmp; jbe; sub rsp,18h; ret; tail
    const hex = '49 3b 66 10 / 76 05 / 48 83 ec 18 / c3 / e8 00 00 00 00 / eb ee';
    expect(findEntry(code(hex))).toMatchObject({
      skipRestarts: true,
      at: { address: START + 4, mnemonic: 'jbe' },
    });
  });

  it('takes the first instruction of a function without a check', () => {
    expect(findEntry(code('55 / 48 89 e5 / 5d / c3'))).toMatchObject({
      skipRestarts: false,
      at: { address: START },
    });
  });

  it.each([
    ['a branch that does not lead back', '49 3b 66 10 / 76 02 / 55 / c3 / e8 00 00 00 00 / c3'],
    [
      'a check of something else than the stack pointer',
      '49 3b 46 10 / 76 02 / 55 / c3 / e8 00 00 00 00 / eb f1',
    ],
    ['nothing at all', ''],
  ])('refuses %s', (_, hex) => {
    expect(findEntry(code(hex))).toBeUndefined();
  });
});
