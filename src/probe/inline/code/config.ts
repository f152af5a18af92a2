import type { ThreadOffsets } from '../../../model/patch_plan.ts';
import type { ProbeOptions } from '../../../model/probe.ts';
import type { Register, RuntimeOffsets } from '../../../model/probe_plan.ts';
import type { SharedShape } from '../../shared/layout.ts';

/** What all code of one probe is made from. */
export interface CodeConfig {
  readonly options: ProbeOptions;
  readonly offsets: RuntimeOffsets;
  readonly thread: ThreadOffsets;
  readonly shape: SharedShape;
  /** Where the program has the shared memory. */
  readonly shared: number;
  /** What the loader added to the file's addresses. */
  readonly bias: number;
}

/**
 * Registers while a hit is recorded. Free at the beginning of a map function, beside the flags and X0, X1: RDX, RSI,
 * R8 … R13. In use: RAX, RBX, RCX, RDI (arguments), RBP, RSP, R14 (g), R15 (GOT, in shared libraries), X15 (zero).
 * go1.26.8 src/cmd/compile/abi-internal.md.
 */
export const USE = {
  head: 'R8',
  caller: 'R9',
  frame: 'R10',
  below: 'R11',
  p: 'R12',
  record: 'R13',
} as const satisfies Record<string, Register>;

/** abi.Type and what follows it: src/internal/abi/type.go, map*.go; the same in all releases. */
export const TYPE = { size: 0, kind: 23, mapKey: 48, interfaceMethods: 64 } as const;
export const KIND = { mask: 31, interface: 20, string: 24 } as const;
/** abi.ITab.Type. */
export const ITAB_TYPE = 8;

/** Classic maps have their mark in the flags at 8, and the seed behind it: bpf/mapaudit.bpf.c, seed_of. */
export const seedAt = ({ mapWriting }: RuntimeOffsets): number => (mapWriting === 8 ? 12 : 8);
