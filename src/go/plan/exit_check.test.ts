import { describe, expect, it } from 'vitest';
import { decodeX86 } from '../../binary/x86/instruction.ts';
import { fileAddr } from '../../model/addr.ts';
import { findExits } from './exit_check.ts';

const START = fileAddr(0x401000);
const SWISS = { byte: 34, mask: 1 };
const CLASSIC = { byte: 8, mask: 4 };
const code = (hex: string): ReturnType<typeof decodeX86> =>
  decodeX86(Uint8Array.from(Buffer.from(hex.replaceAll(/[^0-9a-f]/g, ''), 'hex')), START);
/** The block that begins so many bytes from the start is the fatal one. */
const fatalAt =
  (offset: number) =>
  (address: number): boolean =>
    address === START + offset;

describe('findExits', () => {
  it('finds the check whose fatal way is taken when the mark is clear', () => {
    // cmp byte [rcx+22h],0; jne +1; int3 (fatal); ret
    const exits = findExits(code('80 79 22 00 / 75 01 / cc / c3'), SWISS, fatalAt(6));
    expect(exits).toMatchObject([{ map: 'RCX', at: { address: START + 4, mnemonic: 'jne' } }]);
  });

  it('tells it from the check at the beginning, which is fatal when the mark is set', () => {
    // cmp byte [rax+22h],0; je +1; int3 (fatal); ret
    expect(findExits(code('80 78 22 00 / 74 01 / cc / c3'), SWISS, fatalAt(6))).toEqual([]);
  });

  it('passes over padding between comparison and branch', () => {
    expect(findExits(code('80 79 22 00 / 90 / 75 01 / cc / c3'), SWISS, fatalAt(7))).toHaveLength(1);
  });

  it('follows a mark that was loaded into a register', () => {
    // movzx edx,byte [rcx+8]; test dl,4; je fatal
    const exits = findExits(code('0f b6 51 08 / f6 c2 04 / 74 01 / c3 / cc'), CLASSIC, fatalAt(10));
    expect(exits).toMatchObject([{ map: 'RCX', at: { mnemonic: 'je' } }]);
  });

  it('takes bt with jae', () => {
    // movzx edx,byte [rsi+8]; bt edx,2; jae fatal
    const exits = findExits(code('0f b6 56 08 / 0f ba e2 02 / 73 01 / c3 / cc'), CLASSIC, fatalAt(11));
    expect(exits).toMatchObject([{ map: 'RSI' }]);
  });

  it('refuses a register that no longer holds the map', () => {
    // movzx edx,byte [rcx+8]; xor ecx,ecx; test dl,4; je fatal
    expect(findExits(code('0f b6 51 08 / 31 c9 / f6 c2 04 / 74 01 / c3 / cc'), CLASSIC, fatalAt(12))).toEqual(
      [],
    );
    // movzx ecx,byte [rcx+8]; test cl,4; je fatal
    expect(findExits(code('0f b6 49 08 / f6 c1 04 / 74 01 / c3 / cc'), CLASSIC, fatalAt(10))).toEqual([]);
  });

  it('does not mind another byte, another bit, or a call in between', () => {
    expect(findExits(code('80 79 21 00 / 75 01 / cc / c3'), SWISS, fatalAt(6))).toEqual([]);
    expect(findExits(code('0f b6 51 08 / f6 c2 08 / 74 01 / c3 / cc'), CLASSIC, fatalAt(10))).toEqual([]);
    const called = code('0f b6 51 08 / e8 00 00 00 00 / f6 c2 04 / 74 01 / c3 / cc');
    expect(findExits(called, CLASSIC, fatalAt(15))).toEqual([]);
  });
});
