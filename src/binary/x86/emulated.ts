import type { Instruction } from './instruction.ts';

/**
 * Whether the kernel emulates the instruction when a uprobe stands on it, instead of single-stepping a copy
 * (ten times dearer). Linux 6.18, arch/x86/kernel/uprobes.c: branch_setup_xol_ops takes relative jumps,
 * branches and calls and the one-byte nop; push_setup_xol_ops takes a push of a register.
 */
export function isEmulated({ mnemonic, flow, target, op0, bytes }: Instruction): boolean {
  if (flow === 'jump' || flow === 'branch' || flow === 'call') return target !== undefined;
  if (mnemonic === 'nop') return bytes.length === 1;
  return mnemonic === 'push' && op0 !== undefined;
}
