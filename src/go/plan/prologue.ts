import { isEmulated } from '../../binary/x86/emulated.ts';
import { type Instruction, withoutPadding } from '../../binary/x86/instruction.ts';
import type { Register } from '../../model/probe_plan.ts';

/** Where a function's arguments are all in their registers and a hit is one call. */
export interface EntryPoint {
  readonly at: Instruction;
  /** The hit counts only with CF = 0 and ZF = 0. */
  readonly skipRestarts: boolean;
  readonly why: string;
}

/** `runtime.g.stackguard0`, which each function compares its stack pointer with. go1.18–1.27 src/runtime/runtime2.go. */
const STACKGUARD0 = 0x10;

/**
 * Finds the cheapest place at the beginning of a function that a call reaches exactly once.
 *
 * A function that finds its stack too small calls morestack and starts again: its first instructions are hit
 * twice. From Go 1.21 on the stack check is followed by `PUSH RBP`, which a restart has not reached yet;
 * before, the check's own branch must do, with a look at the flags that it looks at. Undefined when the
 * code has neither shape.
 */
export function findEntry(all: readonly Instruction[]): EntryPoint | undefined {
  const code = withoutPadding(all);
  const first = code[0];
  if (first === undefined) return undefined;
  const check = stackCheck(code);
  if (check === undefined) return withoutCheck(code);
  const next = code[check + 1];
  const branch = code[check];
  if (next !== undefined && isPushRbp(next))
    return {
      at: next,
      skipRestarts: false,
      why: 'after the stack check: a restart through morestack has not reached it',
    };
  if (branch === undefined) return undefined;
  return {
    at: branch,
    skipRestarts: true,
    why: 'the branch of the stack check: hits that go to morestack are told by the flags',
  };
}

/** Index of the JBE that ends the stack check, or undefined. */
function stackCheck(code: readonly Instruction[]): number | undefined {
  const [first, second] = code;
  const compare = isLeaR12(first) ? 1 : 0;
  const wanted: Register = compare === 1 ? 'R12' : 'RSP';
  const cmp = compare === 1 ? second : first;
  if (cmp?.mnemonic !== 'cmp' || cmp.op0 !== wanted) return undefined;
  if (cmp.memory?.base !== 'R14' || cmp.memory.displacement !== STACKGUARD0) return undefined;
  const branch = code[compare + 1];
  return branch?.mnemonic === 'jbe' && restarts(code, branch) ? compare + 1 : undefined;
}

/** The branch's target must be the tail that calls morestack and jumps back to the beginning. */
function restarts(code: readonly Instruction[], branch: Instruction): boolean {
  const start = code[0]?.address;
  const tail = code.findIndex((i) => i.address === branch.target);
  if (tail < 0) return false;
  const end = code.slice(tail).find((i) => i.flow === 'jump');
  return end?.target === start;
}

/** A function without stack check is entered once a call. Safe only if nothing in it looks like a check. */
function withoutCheck(code: readonly Instruction[]): EntryPoint | undefined {
  const start = code[0];
  if (start === undefined) return undefined;
  if (code.some((i) => i.memory?.base === 'R14' && i.memory.displacement === STACKGUARD0)) return undefined;
  if (code.some((i) => i.target === start.address)) return undefined;
  const why = isEmulated(start)
    ? 'the function has no stack check'
    : 'the function has no stack check; its first instruction is single-stepped';
  return { at: start, skipRestarts: false, why };
}

const isPushRbp = (i: Instruction): boolean => i.mnemonic === 'push' && i.op0 === 'RBP';

const isLeaR12 = (i: Instruction | undefined): boolean =>
  i?.mnemonic === 'lea' && i.op0 === 'R12' && i.memory?.base === 'RSP';
