import type { Register } from '../../../model/probe_plan.ts';

/** Bytes that an instruction works on. */
export type Size = 1 | 2 | 4 | 8;

/** `[base + index * scale + disp]`. RSP is no index. */
export interface Memory {
  readonly base: Register;
  readonly disp: number;
  readonly index?: Register;
  readonly scale?: 1 | 2 | 4 | 8;
}

export const at = (base: Register, disp = 0): Memory => ({ base, disp });

export const indexed = (base: Register, index: Register, scale: 1 | 2 | 4 | 8, disp = 0): Memory => ({
  base,
  index,
  scale,
  disp,
});

const NUMBERS: Readonly<Record<Register, number>> = {
  RAX: 0, RCX: 1, RDX: 2, RBX: 3, RSP: 4, RBP: 5, RSI: 6, RDI: 7,
  R8: 8, R9: 9, R10: 10, R11: 11, R12: 12, R13: 13, R14: 14, R15: 15,
}; // prettier-ignore

/** The number of a register in ModRM and REX: Intel SDM volume 2, 2.1.5 and 2.2.1.2. */
export const numberOf = (register: Register): number => NUMBERS[register];

/** Condition codes, in the order of their numbers: Intel SDM volume 2, appendix B, table B-10. */
export const CONDITIONS = [
  'o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g',
] as const; // prettier-ignore
export type Condition = (typeof CONDITIONS)[number];

/** ALU operations, in the order of their numbers: the same for all forms. */
export const ALU = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp'] as const;
export type Alu = (typeof ALU)[number];

/** Whether a number is kept by a sign-extended field of so many bits. */
export const fits = (value: number | bigint, bits: 8 | 32): boolean => {
  const limit = bits === 8 ? 0x80 : 0x8000_0000;
  return value >= -limit && value < limit;
};
