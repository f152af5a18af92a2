import { describe, expect, it } from 'vitest';
import { decodeX86 } from '../../../binary/x86/instruction.ts';
import { fileAddr } from '../../../model/addr.ts';
import type { Register } from '../../../model/probe_plan.ts';
import { Assembler } from './assembler.ts';
import { ALU, at, CONDITIONS, indexed, type Size } from './operand.ts';

const ADDRESS = 0x20_0000_1000;
const ALL: readonly Register[] = [
  'RAX', 'RCX', 'RDX', 'RBX', 'RSP', 'RBP', 'RSI', 'RDI', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'R14', 'R15',
]; // prettier-ignore
const SIZES: readonly Size[] = [1, 2, 4, 8];
const NAMES: Record<Size, (r: Register) => string> = {
  8: (r) => r.toLowerCase(),
  4: (r) => (/\d/.test(r) ? `${r.toLowerCase()}d` : `e${r.slice(1).toLowerCase()}`),
  2: (r) => (/\d/.test(r) ? `${r.toLowerCase()}w` : r.slice(1).toLowerCase()),
  1: (r) => {
    if (/\d/.test(r)) return `${r.toLowerCase()}b`;
    return /^R.X$/.test(r) ? `${r[1]?.toLowerCase() ?? ''}l` : `${r.slice(1).toLowerCase()}l`;
  },
};
const PLACE: Record<Size, string> = { 1: 'byte', 2: 'word', 4: 'dword', 8: 'qword' };

/** What a disassembler makes of what was written: one text an instruction. */
function texts(write: (a: Assembler) => void): string[] {
  const a = new Assembler(ADDRESS);
  write(a);
  return decodeX86(a.finish(), fileAddr(ADDRESS)).map((i) => i.text);
}

/** `[r12+rcx*8-80h]` as the disassembler has it. */
const memory = (base: Register, disp: number, rest = ''): string => {
  const amount = Math.abs(disp);
  const digits = amount < 10 ? String(amount) : `${amount.toString(16).toUpperCase()}h`;
  const number = /^[A-F]/.test(digits) ? `0${digits}` : digits;
  return `[${base.toLowerCase()}${rest}${disp === 0 ? '' : disp < 0 ? `-${number}` : `+${number}`}]`;
};
const DISPS = [0, 8, -8, 0x7f, 0x80, -0x80, -0x81, 0x12345, -0x12345];

describe('Assembler', () => {
  it('moves between registers, of every size', () => {
    for (const size of SIZES)
      for (const to of ALL)
        for (const from of ALL)
          expect(texts((a) => a.mov(to, from, size))).toEqual([
            `mov ${NAMES[size](to)},${NAMES[size](from)}`,
          ]);
  });

  it('reaches memory through every register, with every kind of displacement', () => {
    for (const base of ALL)
      for (const disp of DISPS)
        for (const size of SIZES) {
          const where = memory(base, disp);
          expect(texts((a) => a.mov('R9', at(base, disp), size))).toEqual([
            `mov ${NAMES[size]('R9')},${where}`,
          ]);
          expect(texts((a) => a.mov(at(base, disp), 'RSI', size))).toEqual([
            `mov ${where},${NAMES[size]('RSI')}`,
          ]);
          expect(texts((a) => a.storeImm(at(base, disp), 7, size))).toEqual([
            `mov ${PLACE[size]} ptr ${where},7`,
          ]);
        }
  });

  it('reaches memory through two registers', () => {
    for (const base of ALL)
      for (const index of ALL.filter((r) => r !== 'RSP'))
        for (const scale of [1, 2, 4, 8] as const) {
          const rest = `+${index.toLowerCase()}${scale === 1 ? '' : `*${scale}`}`;
          expect(texts((a) => a.lea('R13', indexed(base, index, scale, 0x180)))).toEqual([
            `lea r13,${memory(base, 0x180, rest)}`,
          ]);
        }
  });

  it('calculates', () => {
    for (const op of ALU)
      for (const size of SIZES) {
        expect(texts((a) => a.alu(op, 'R12', 'RDX', size))).toEqual([
          `${op} ${NAMES[size]('R12')},${NAMES[size]('RDX')}`,
        ]);
        expect(texts((a) => a.alu(op, 'RDI', at('R14', 8), size))).toEqual([
          `${op} ${NAMES[size]('RDI')},[r14+8]`,
        ]);
        expect(texts((a) => a.alu(op, at('RSP'), 'RBX', size))).toEqual([
          `${op} [rsp],${NAMES[size]('RBX')}`,
        ]);
        expect(texts((a) => a.alu(op, 'R8', 5, size))).toEqual([`${op} ${NAMES[size]('R8')},5`]);
        if (size >= 4)
          expect(texts((a) => a.alu(op, at('RBP', 0), 0x1234, size))).toEqual([
            `${op} ${PLACE[size]} ptr [rbp],1234h`,
          ]);
      }
    expect(texts((a) => a.alu('sub', 'RCX', -0x81))).toEqual(['sub rcx,0FFFFFFFFFFFFFF7Fh']);
  });

  it('loads numbers in their shortest form', () => {
    for (const to of ALL) {
      const name = to.toLowerCase();
      expect(texts((a) => a.movImm(to, 5))).toEqual([`mov ${NAMES[4](to)},5`]);
      expect(texts((a) => a.movImm(to, 0xffffffff))).toEqual([`mov ${NAMES[4](to)},0FFFFFFFFh`]);
      expect(texts((a) => a.movImm(to, -1))).toEqual([`mov ${name},0FFFFFFFFFFFFFFFFh`]);
      expect(texts((a) => a.movImm(to, 0x7f0012345678))).toEqual([`mov ${name},7F0012345678h`]);
      expect(texts((a) => a.movImm64(to, 1))).toEqual([`mov ${name},1`]);
    }
    const a = new Assembler(ADDRESS);
    a.movImm64('R9', 1);
    expect(a.length).toBe(10);
  });

  it('has the rest', () => {
    const written = texts((a) => {
      a.movzx('R10', at('RAX', 23), 1);
      a.movzx('RDX', at('R12', 16), 2);
      a.test('RDI', 'RDI');
      a.testImm(at('RBX', 34), 1, 1);
      a.testImm('RSI', 4, 1);
      a.shift('shl', 'RDX', 32);
      a.shift('shr', 'R10', 16, 4);
      a.imul('RSI', 'R9');
      a.imulImm('R12', 'R13', 0x1000);
      a.imulImm('R10', 'R10', 0x9e3779b1, 4);
      a.inc(at('R12', 128));
      a.inc(at('RSI', 88), 8, true);
      a.dec('RDX');
      a.lock();
      a.alu('sub', at('R9', 64), 1);
      a.lock();
      a.alu('add', at('R9', 64), 'RAX');
      a.xchg(at('R9', 128), 'RDX', 4);
      a.lock();
      a.xadd(at('R9', 64), 'RAX');
      a.pause();
      a.movdqu(0, at('RCX'));
      a.movdqu(at('R13', 96), 1);
      a.movdqu(at('R13', 96), 0);
      a.push('RAX');
      a.push('R13');
      a.pop('R13');
      a.pop('RBX');
      a.rdtsc();
      a.lahf();
      a.set('o', 'RAX');
      a.set('o', 'RSI');
      a.sahf();
      a.syscall();
      a.ret();
    });
    expect(written).toEqual([
      'movzx r10d,byte ptr [rax+17h]',
      'movzx edx,word ptr [r12+10h]',
      'test rdi,rdi',
      'test byte ptr [rbx+22h],1',
      'test sil,4',
      'shl rdx,20h',
      'shr r10d,10h',
      'imul rsi,r9',
      'imul r12,r13,1000h',
      'imul r10d,9E3779B1h',
      'inc qword ptr [r12+80h]',
      'lock inc qword ptr [rsi+58h]',
      'dec edx',
      'lock sub qword ptr [r9+40h],1',
      'lock add [r9+40h],rax',
      'xchg [r9+80h],edx',
      'lock xadd [r9+40h],rax',
      'pause',
      'movdqu xmm0,[rcx]',
      'movdqu [r13+60h],xmm1',
      'movdqu [r13+60h],xmm0',
      'push rax',
      'push r13',
      'pop r13',
      'pop rbx',
      'rdtsc',
      'lahf',
      'seto al',
      'seto sil',
      'sahf',
      'syscall',
      'ret',
    ]);
  });

  it('jumps to addresses and to labels, forwards and backwards', () => {
    const a = new Assembler(ADDRESS);
    const [back, forth] = [a.label(), a.label()];
    a.bind(back);
    for (const condition of CONDITIONS) a.jcc(condition, back);
    a.jmp(forth);
    a.call(ADDRESS - 0x1000);
    a.leaLabel('R9', forth);
    a.bind(forth);
    a.jmpFar(0x7fff12345678n);
    const code = decodeX86(a.finish(), fileAddr(ADDRESS));
    expect(code.slice(0, 16).map((i) => i.target)).toEqual(CONDITIONS.map(() => ADDRESS));
    expect(code.slice(0, 16).map((i) => i.mnemonic)).toEqual(CONDITIONS.map((c) => `j${c}`));
    const [jump, call, lea, far] = code.slice(16);
    expect(jump?.target).toBe(far?.address);
    expect(call?.target).toBe(ADDRESS - 0x1000);
    expect(lea?.memory?.displacement).toBe(far?.address);
    expect(far?.flow).toBe('indirect');
    expect(Buffer.from(a.finish()).readBigUInt64LE(a.length - 8)).toBe(0x7fff12345678n);
  });

  it('refuses what cannot be encoded', () => {
    const a = new Assembler(ADDRESS);
    expect(() => a.jmp(ADDRESS + 2 ** 32)).toThrow();
    expect(() => a.mov(at('RAX'), at('RBX'))).toThrow();
    expect(() => a.lea('RAX', indexed('RAX', 'RSP', 1))).toThrow();
    expect(() => a.alu('cmp', 'RAX', 2 ** 33)).toThrow();
    a.jmp(a.label());
    expect(() => a.finish()).toThrow();
  });
});
