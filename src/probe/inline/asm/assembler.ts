import type { Register } from '../../../model/probe_plan.ts';
import {
  ALU,
  type Alu,
  type Condition,
  CONDITIONS,
  fits,
  type Memory,
  numberOf,
  type Size,
} from './operand.ts';

/** A place in the code, perhaps not reached yet. Made by `Assembler.label`. */
export interface Label {
  /** Offset from the beginning; undefined before `bind`. */
  offset: number | undefined;
  /** Where its distance is to be filled in: offsets of 4-byte fields. */
  readonly uses: number[];
}

type Target = Label | number;
type Operand = Register | Memory;

const isRegister = (operand: Operand): operand is Register => typeof operand === 'string';

/**
 * Writes x86-64 machine code for one address: the few instructions that trampolines and payloads are made of.
 * Registers go by their 64-bit names, `size` says how much of them is meant. Encodings: Intel SDM volume 2; a test
 * decodes all of them. What cannot be encoded is a fault of ours and throws.
 */
export class Assembler {
  readonly address: number;
  readonly #bytes: number[] = [];
  readonly #labels: Label[] = [];

  constructor(address: number) {
    this.address = address;
  }

  /** Where the next instruction comes to lie. */
  get here(): number {
    return this.address + this.#bytes.length;
  }

  get length(): number {
    return this.#bytes.length;
  }

  label(): Label {
    return { offset: undefined, uses: [] };
  }

  bind(label: Label): void {
    if (label.offset !== undefined) throw new Error('internal: a label is bound twice');
    label.offset = this.#bytes.length;
  }

  /** The code, all labels filled in. */
  finish(): Uint8Array {
    const code = Uint8Array.from(this.#bytes);
    const view = new DataView(code.buffer);
    for (const { offset, uses } of this.#labels)
      for (const use of uses) {
        if (offset === undefined) throw new Error('internal: a label that is used is bound nowhere');
        view.setInt32(use, offset - (use + 4), true);
      }
    return code;
  }

  /** Bytes as they are: displaced instructions, texts. */
  raw(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte & 0xff);
  }

  align(to: number, filler = 0xcc): void {
    while (this.here % to !== 0) this.#bytes.push(filler);
  }

  /** `mov`, register or memory on either side, not both. */
  mov(to: Operand, from: Operand, size: Size = 8): void {
    if (isRegister(from)) this.#rm(size, [size === 1 ? 0x88 : 0x89], from, to);
    else if (isRegister(to)) this.#rm(size, [size === 1 ? 0x8a : 0x8b], to, from);
    else throw new Error('internal: mov from memory to memory');
  }

  /** A register gets a number, all 64 bits of it; the shortest form, flags stay. */
  movImm(to: Register, value: number | bigint): void {
    const wide = BigInt.asIntN(64, BigInt(value));
    const number = numberOf(to);
    if (wide >= 0n && wide <= 0xffff_ffffn) {
      if (number >= 8) this.raw([0x41]);
      this.raw([0xb8 + (number & 7)]);
      this.#u32(Number(wide));
    } else if (fits(wide, 32)) {
      this.raw([0x48 | (number >> 3), 0xc7, 0xc0 | (number & 7)]);
      this.#u32(Number(BigInt.asUintN(32, wide)));
    } else {
      this.raw([0x48 | (number >> 3), 0xb8 + (number & 7)]);
      this.#u64(wide);
    }
  }

  /** Always the form with 8 bytes, whatever the number. */
  movImm64(to: Register, value: number | bigint): void {
    const number = numberOf(to);
    this.raw([0x48 | (number >> 3), 0xb8 + (number & 7)]);
    this.#u64(BigInt(value));
  }

  /** Memory gets a number; 8 bytes take a sign-extended one of 4. */
  storeImm(to: Memory, value: number, size: Size): void {
    const immediate = size === 8 ? 4 : size;
    if (size === 8 && !fits(value, 32)) throw new Error('internal: a number of more than 32 bits');
    this.#rm(size, [size === 1 ? 0xc6 : 0xc7], 0, to);
    this.#little(value, immediate);
  }

  /** `movzx` from memory of 1 or 2 bytes into all of a register. */
  movzx(to: Register, from: Memory, size: 1 | 2): void {
    this.#rm(4, [0x0f, size === 1 ? 0xb6 : 0xb7], to, from);
  }

  lea(to: Register, from: Memory): void {
    this.#rm(8, [0x8d], to, from);
  }

  /** `lea to,[rip+…]`: the address of a label. */
  leaLabel(to: Register, label: Label): void {
    const number = numberOf(to);
    this.raw([0x48 | ((number >> 3) << 2), 0x8d, ((number & 7) << 3) | 5]);
    this.#reference(label);
  }

  alu(op: Alu, to: Operand, from: Operand | number, size: Size = 8): void {
    const number = ALU.indexOf(op);
    if (typeof from === 'number') {
      const short = size !== 1 && fits(from, 8);
      if (!short && size === 8 && !fits(from, 32)) throw new Error('internal: a number of more than 32 bits');
      const bytes = short || size === 1 ? 1 : size === 2 ? 2 : 4;
      this.#rm(size, [size === 1 ? 0x80 : short ? 0x83 : 0x81], number, to);
      this.#little(from, bytes);
    } else if (isRegister(from)) this.#rm(size, [number * 8 + (size === 1 ? 0 : 1)], from, to);
    else if (isRegister(to)) this.#rm(size, [number * 8 + (size === 1 ? 2 : 3)], to, from);
    else throw new Error('internal: two operands in memory');
  }

  test(a: Operand, b: Register, size: Size = 8): void {
    this.#rm(size, [size === 1 ? 0x84 : 0x85], b, a);
  }

  testImm(a: Operand, value: number, size: Size): void {
    const bytes = size === 8 ? 4 : size;
    this.#rm(size, [size === 1 ? 0xf6 : 0xf7], 0, a);
    this.#little(value, bytes);
  }

  shift(op: 'shl' | 'shr', to: Register, count: number, size: Size = 8): void {
    this.#rm(size, [0xc1], op === 'shl' ? 4 : 5, to);
    this.raw([count]);
  }

  imul(to: Register, from: Operand, size: 4 | 8 = 8): void {
    this.#rm(size, [0x0f, 0xaf], to, from);
  }

  imulImm(to: Register, from: Operand, value: number, size: 4 | 8 = 8): void {
    this.#rm(size, [0x69], to, from);
    this.#little(value, 4);
  }

  inc(to: Memory, size: 4 | 8 = 8, locked = false): void {
    if (locked) this.raw([0xf0]);
    this.#rm(size, [0xff], 0, to);
  }

  dec(to: Register, size: 4 | 8 = 4): void {
    this.#rm(size, [0xff], 1, to);
  }

  /** The instruction behind this one changes its memory at once. */
  lock(): void {
    this.raw([0xf0]);
  }

  /** Exchanges both, at once. */
  xchg(memory: Memory, register: Register, size: 4 | 8 = 8): void {
    this.#rm(size, [0x87], register, memory);
  }

  /** Memory gets the sum, the register what was in the memory. */
  xadd(memory: Memory, register: Register, size: 4 | 8 = 8): void {
    this.#rm(size, [0x0f, 0xc1], register, memory);
  }

  /** In a loop that waits: the other thread of the processor's core goes on. */
  pause(): void {
    this.raw([0xf3, 0x90]);
  }

  /** 16 bytes between memory, aligned or not, and X0 … X7. */
  movdqu(to: number | Memory, from: number | Memory): void {
    if (typeof to === 'number' && typeof from !== 'number') this.#vector(0x6f, to, from);
    else if (typeof from === 'number' && typeof to !== 'number') this.#vector(0x7f, from, to);
    else throw new Error('internal: movdqu needs one register and one place in memory');
  }

  push(from: Register): void {
    const number = numberOf(from);
    this.raw(number >= 8 ? [0x41, 0x50 + (number & 7)] : [0x50 + number]);
  }

  pop(to: Register): void {
    const number = numberOf(to);
    this.raw(number >= 8 ? [0x41, 0x58 + (number & 7)] : [0x58 + number]);
  }

  /** EDX:EAX gets the processor's counter. */
  rdtsc(): void {
    this.raw([0x0f, 0x31]);
  }

  /** AH gets SF, ZF, AF, PF and CF; `seto` puts OF into AL. */
  lahf(): void {
    this.raw([0x9f]);
  }

  sahf(): void {
    this.raw([0x9e]);
  }

  /** `set<condition>` of a register's lowest byte. */
  set(condition: Condition, to: Register): void {
    this.#rm(1, [0x0f, 0x90 + CONDITIONS.indexOf(condition)], 0, to);
  }

  syscall(): void {
    this.raw([0x0f, 0x05]);
  }

  ret(): void {
    this.raw([0xc3]);
  }

  call(target: Target): void {
    this.raw([0xe8]);
    this.#distance(target);
  }

  jmp(target: Target): void {
    this.raw([0xe9]);
    this.#distance(target);
  }

  jcc(condition: Condition, target: Target): void {
    this.raw([0x0f, 0x80 + CONDITIONS.indexOf(condition)]);
    this.#distance(target);
  }

  /** A jump to any address at all: `jmp [rip]`, and the address. */
  jmpFar(target: number | bigint): void {
    this.raw([0xff, 0x25, 0, 0, 0, 0]);
    this.#u64(BigInt(target));
  }

  #distance(target: Target): void {
    if (typeof target !== 'number') {
      this.#reference(target);
      return;
    }
    const distance = target - (this.here + 4);
    if (!fits(distance, 32)) throw new Error('internal: a jump beyond 2 GiB');
    this.#little(distance, 4);
  }

  #reference(label: Label): void {
    if (!this.#labels.includes(label)) this.#labels.push(label);
    label.uses.push(this.#bytes.length);
    this.#u32(0);
  }

  #vector(opcode: number, register: number, memory: Memory): void {
    this.raw([0xf3]);
    this.#rm(4, [0x0f, opcode], register, memory);
  }

  /** An instruction with ModRM. `reg` is a register or the number that extends the opcode. */
  #rm(size: Size, opcode: readonly number[], reg: Register | number, rm: Operand): void {
    const field = typeof reg === 'number' ? reg : numberOf(reg);
    const base = isRegister(rm) ? numberOf(rm) : numberOf(rm.base);
    const index = isRegister(rm) || rm.index === undefined ? 0 : numberOf(rm.index);
    if (size === 2) this.raw([0x66]);
    const rex = (size === 8 ? 8 : 0) | ((field >> 3) << 2) | ((index >> 3) << 1) | (base >> 3);
    // Without REX, bytes 4 … 7 are AH, CH, DH and BH.
    const low = size === 1 && ((isRegister(rm) && base >= 4) || (typeof reg !== 'number' && field >= 4));
    if (rex !== 0 || low) this.raw([0x40 | rex]);
    this.raw(opcode);
    if (isRegister(rm)) this.raw([0xc0 | ((field & 7) << 3) | (base & 7)]);
    else this.#memory(field & 7, rm);
  }

  #memory(field: number, { base, disp, index, scale = 1 }: Memory): void {
    if (index === 'RSP' || !fits(disp, 32)) throw new Error('internal: no such memory operand');
    const low = numberOf(base) & 7;
    const bytes = disp === 0 && low !== 5 ? 0 : fits(disp, 8) ? 1 : 4;
    const mode = bytes === 0 ? 0 : bytes === 1 ? 0x40 : 0x80;
    if (index !== undefined || low === 4) {
      const number = index === undefined ? 4 : numberOf(index) & 7;
      this.raw([mode | (field << 3) | 4, (Math.log2(scale) << 6) | (number << 3) | low]);
    } else this.raw([mode | (field << 3) | low]);
    this.#little(disp, bytes);
  }

  #little(value: number, bytes: number): void {
    let rest = bytes === 4 ? value | 0 : value;
    for (let i = 0; i < bytes; i++, rest >>= 8) this.#bytes.push(rest & 0xff);
  }

  #u32(value: number): void {
    this.#little(value, 4);
  }

  #u64(value: bigint): void {
    for (let i = 0n; i < 8n; i++) this.#bytes.push(Number((value >> (8n * i)) & 0xffn));
  }
}
