import { describe, expect, test } from 'vitest';
import { CodeOutline } from '../../binary/x86/outline.ts';
import { fileAddr } from '../../model/addr.ts';
import { originBefore } from './origin.ts';
import { scanCalls } from './scan_calls.ts';

/** Code at 0x1000; a `call` with distance 0. */
const CALL = [0xe8, 0, 0, 0, 0];
const LEA_RAX = [0x48, 0x8d, 0x05, 0x10, 0, 0, 0]; // lea rax,[rip+0x10]
const NOP = [0x90];
const code = (...parts: number[][]): CodeOutline =>
  new CodeOutline(Uint8Array.from([0x90, ...parts.flat()]), fileAddr(0x1000));

/** The origin of RAX at the last instruction. */
const origin = (...parts: number[][]): unknown => {
  const outline = code(...parts, CALL);
  return originBefore(outline, outline.length - 1, 'RAX');
};

describe('what RAX holds at a call', () => {
  test('an address in the code', () => {
    expect(origin(LEA_RAX)).toEqual({ kind: 'constant', address: 0x1001 + 7 + 0x10 });
  });
  test('through another register and a slot of the frame', () => {
    const store = [0x48, 0x89, 0x44, 0x24, 0x18]; // mov [rsp+0x18],rax
    const other = [0x48, 0x89, 0x4c, 0x24, 0x20]; // mov [rsp+0x20],rcx
    const clear = [0x31, 0xc0]; // xor eax,eax
    const load = [0x48, 0x8b, 0x54, 0x24, 0x18]; // mov rdx,[rsp+0x18]
    const move = [0x48, 0x89, 0xd0]; // mov rax,rdx
    expect(origin(LEA_RAX, store, clear, other, CALL, load, move)).toMatchObject({ kind: 'constant' });
    expect(origin(clear)).toEqual({ kind: 'zero' });
  });
  test('not through a wider store over the slot', () => {
    const store = [0x48, 0x89, 0x44, 0x24, 0x18];
    const wide = [0x44, 0x0f, 0x11, 0x7c, 0x24, 0x10]; // movups [rsp+0x10],xmm15
    const load = [0x48, 0x8b, 0x44, 0x24, 0x18];
    expect(origin(LEA_RAX, store, wide, load)).toBeUndefined();
  });
  test('a word behind an argument: a dictionary', () => {
    const load = [0x48, 0x8b, 0x43, 0x08]; // mov rax,[rbx+8]
    const from = { kind: 'argument', register: 'RBX' };
    expect(origin(load)).toEqual({ kind: 'load', from, offset: 8 });
  });
  test('the result of a call', () => {
    expect(origin(CALL)).toEqual({ kind: 'result', call: 0x1001 });
  });
  test('nothing where two ways disagree, the same where they agree', () => {
    const over = (n: number): number[] => [0x74, n]; // je +n
    const lea2 = [0x48, 0x8d, 0x05, 0x20, 0, 0, 0];
    const same = [0x48, 0x8d, 0x05, 0x07, 0, 0, 0]; // the address of LEA_RAX two instructions before
    expect(origin(LEA_RAX, over(7), lea2, NOP)).toBeUndefined();
    expect(origin(LEA_RAX, over(7), same, NOP)).toEqual({ kind: 'constant', address: 0x1018 });
  });
  test('a loop adds nothing', () => {
    expect(origin(LEA_RAX, NOP, [0x75, 0xfd], NOP)).toMatchObject({ kind: 'constant' });
  });
});

test('a scan finds calls across the seams of its pieces, and only of its targets', () => {
  const size = (1 << 22) + 64;
  const bytes = new Uint8Array(size);
  const put = (at: number, target: number): void => {
    bytes[at] = 0xe8;
    new DataView(bytes.buffer).setInt32(at + 1, target - (at + 5), true);
  };
  const places = [0, (1 << 22) - 5, (1 << 22) - 3, (1 << 22) + 2];
  for (const at of places) if (at !== (1 << 22) - 5) put(at, 0x500);
  put(100, 0x501);
  const source = {
    read: (at: number, length: number) => (at + length <= size ? bytes.subarray(at, at + length) : undefined),
  };
  const found = scanCalls(source, fileAddr(0), fileAddr(size), new Set([0x500]));
  expect(found.map((one) => one.address)).toEqual([0, (1 << 22) - 3, (1 << 22) + 2]);
});
