import type { Register } from '../../../model/probe_plan.ts';
import type { Assembler } from '../asm/assembler.ts';
import { at, indexed, type Memory } from '../asm/operand.ts';
import { ASKED, OWNER, OWNERS, SPENT, TOLD_ROWS, WATCH } from '../race_layout.ts';
import { type CodeConfig, USE } from './config.ts';

/** Where the tables behind the rings lie in the program. */
export interface RaceCode extends CodeConfig {
  readonly owners: number;
  readonly told: number;
}

/** Registers of `look`: what its caller gives it. */
export const LOOK = {
  owner: 'R8',
  /** 1 or 0. */
  write: 'R10',
  map: 'R11',
  p: USE.p,
  /** 0 where it is not known. */
  type: 'R13',
} as const satisfies Record<string, Register>;

/** Registers within it, beside RAX, RDX and RCX, which come and go. */
export const IN = { race: 'R9', goid: 'RBX', writer: 'RSI', began: 'RDI' } as const satisfies Record<
  string,
  Register
>;

/** Multiplicative hashing: 2^64 and 2^32 by the golden ratio. */
const SPREAD = 0x9e3779b97f4a7c15n;
export const OWNER_SPREAD = 0x9e3779b1 | 0;
/** Behind these bits of the hash are those that say where among the owners a map has its place. */
export const OWNER_SHIFT = 32 - Math.log2(OWNERS);

export const watch = (name: keyof typeof WATCH): Memory => at(IN.race, WATCH[name]);
export const asked = (name: keyof typeof ASKED): Memory => at(IN.race, ASKED[name]);
export const spent = (name: keyof typeof SPENT): Memory => at(IN.race, SPENT[name]);
export const owner = (name: Exclude<keyof typeof OWNER, 'bytes'>): Memory => at(LOOK.owner, OWNER[name]);

/** RAX gets the processor's counter. Uses RDX. */
export function ticks(a: Assembler): void {
  a.rdtsc();
  a.shift('shl', 'RDX', 32);
  a.alu('or', 'RAX', 'RDX');
}

/** RAX gets the place for this map among those that were told. Uses RDX. */
export function toldRow(a: Assembler, told: number): void {
  a.mov('RAX', LOOK.map);
  a.shift('shr', 'RAX', 3);
  a.movImm('RDX', SPREAD);
  a.imul('RAX', 'RDX');
  // Other bits than those of its place among the owners: whom one crowds out the other does not.
  a.shift('shr', 'RAX', 20);
  a.alu('and', 'RAX', TOLD_ROWS - 1, 4);
  a.movImm('RDX', told);
  a.lea('RAX', indexed('RDX', 'RAX', 8));
}

/** Its race is told. Uses RAX, RDX. */
export function remember(a: Assembler, told: number): void {
  toldRow(a, told);
  a.mov(at('RAX'), LOOK.map);
}
