import { describe, expect, it } from 'vitest';
import { decodeX86 } from '../../binary/x86/instruction.ts';
import { fileAddr } from '../../model/addr.ts';
import { regionAt } from './patch_region.ts';

const START = fileAddr(0x401000);
const code = (hex: string): ReturnType<typeof decodeX86> =>
  decodeX86(Uint8Array.from(Buffer.from(hex.replaceAll(/[^0-9a-f]/g, ''), 'hex')), START);

describe('regionAt', () => {
  it('takes as many instructions as a jump needs', () => {
    // push rbp; mov rbp,rsp; sub rsp,18h; ret
    const region = regionAt(code('55 / 48 89 e5 / 48 83 ec 18 / c3'), 0, 0, undefined);
    expect(region?.original).toHaveLength(8);
    expect(region?.displaced.map((d) => d.kind)).toEqual(['bytes', 'bytes', 'bytes']);
  });

  it('takes the branch that it is told of, in a form that reaches anywhere', () => {
    // cmp byte [rcx+22h],0; jne +1; int3; ret
    const region = regionAt(code('80 79 22 00 / 75 01 / cc / c3'), 0, 1, 1);
    expect(region?.original).toHaveLength(6);
    expect(region?.displaced[1]).toEqual({ kind: 'branch', condition: 5, target: START + 7 });
  });

  it.each([
    ['what is relative to its own place', '48 8d 05 10 00 00 00 / c3', 0, 0, undefined],
    ['a call', 'e8 00 00 00 00 / c3', 0, 0, undefined],
    ['a branch that it is not told of', '75 01 / 90 / 48 83 ec 18 / c3', 0, 0, undefined],
    ['a branch into its middle', '55 / 48 89 e5 / 48 83 ec 18 / eb f7', 0, 0, undefined],
    ['the end of the function', '55 / c3', 0, 0, undefined],
    ['a function with jump tables', '55 / 48 89 e5 / 48 83 ec 18 / ff e0', 0, 0, undefined],
  ] as const)('refuses %s', (_, hex, from, to, branch) => {
    expect(regionAt(code(hex), from, to, branch)).toBeUndefined();
  });

  it('does not mind a branch to its beginning', () => {
    expect(regionAt(code('55 / 48 89 e5 / 48 83 ec 18 / eb f6'), 0, 0, undefined)).toBeDefined();
  });
});
