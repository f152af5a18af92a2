import { type Instruction, withoutPadding } from '../../binary/x86/instruction.ts';
import type { FileAddr } from '../../model/addr.ts';
import type { Register } from '../../model/probe_plan.ts';

/** A branch at which a write is done, and the register that holds the map there. */
export interface ExitPoint {
  readonly at: Instruction;
  readonly map: Register;
}

/** The mark "being written" in a map header. */
export interface WritingMark {
  /** Offset in the header. */
  readonly byte: number;
  readonly mask: number;
}

/** Whether a block that begins at an address ends in the runtime's "concurrent map writes". */
export type IsFatal = (address: FileAddr) => boolean;

/** How far before its branch a comparison may stand. */
const WINDOW = 6;

/**
 * Finds where a write ends. Before it returns, each write looks whether its own mark is still set, and calls
 * fatal("concurrent map writes") if it is not. The branch that decides this is emulated by the kernel, comes
 * after the last change of the count, and the register that the mark was read through holds the map. A
 * similar check at the beginning is fatal when the mark IS set; that tells them apart.
 * go1.26.8 src/internal/runtime/maps/map.go, Delete; go1.23.12 src/runtime/map.go, mapdelete.
 */
export function findExits(all: readonly Instruction[], mark: WritingMark, isFatal: IsFatal): ExitPoint[] {
  const code = withoutPadding(all);
  const found: ExitPoint[] = [];
  code.forEach((branch, index) => {
    if (branch.flow !== 'branch' || branch.target === undefined) return;
    const test = findTest(code, index, mark);
    if (test === undefined) return;
    const through = (branch.address + branch.bytes.length) as FileAddr;
    const [whenClear, whenSet] = test.takenWhenClear ? [branch.target, through] : [through, branch.target];
    if (isFatal(whenClear) && !isFatal(whenSet)) found.push({ at: branch, map: test.map });
  });
  return found;
}

interface MarkTest {
  readonly map: Register;
  /** The branch is taken when the mark is clear. */
  readonly takenWhenClear: boolean;
}

/** The test of the mark that a branch decides by. */
function findTest(code: readonly Instruction[], index: number, mark: WritingMark): MarkTest | undefined {
  const takenWhenClear = clearSense(code[index]?.mnemonic ?? '');
  const test = code[index - 1];
  if (takenWhenClear === undefined || test === undefined) return undefined;
  const direct = directTest(test, mark);
  if (direct !== undefined) return { map: direct, takenWhenClear };
  const tested = registerTest(test, mark);
  if (tested === undefined) return undefined;
  const map = loadedThrough(code, index - 1, tested, mark);
  return map === undefined ? undefined : { map, takenWhenClear };
}

/** je and jae (after bt) are taken when the bit is clear. */
function clearSense(mnemonic: string): boolean | undefined {
  if (mnemonic === 'je' || mnemonic === 'jae') return true;
  return mnemonic === 'jne' || mnemonic === 'jb' ? false : undefined;
}

/** `cmp byte [R+byte],0` (a mark of its own) or `test byte [R+byte],mask`. */
function directTest(test: Instruction, mark: WritingMark): Register | undefined {
  if (test.memory?.displacement !== mark.byte) return undefined;
  const whole = test.mnemonic === 'cmp' && test.immediate === 0 && mark.mask === 1;
  const bit = test.mnemonic === 'test' && test.immediate === mark.mask;
  return whole || bit ? test.memory.base : undefined;
}

/** `test r,r`, `test r,mask`, `bt r,n` or `cmp r,0` on a copy of the mark's byte. */
function registerTest(test: Instruction, mark: WritingMark): Register | undefined {
  if (test.memory !== undefined) return undefined;
  const { mnemonic, op0, op1, immediate } = test;
  if (mnemonic === 'test' && (immediate === mark.mask || (op0 === op1 && mark.mask === 1))) return op0;
  if (mnemonic === 'bt' && immediate === Math.log2(mark.mask)) return op0;
  return mnemonic === 'cmp' && immediate === 0 && mark.mask === 1 ? op0 : undefined;
}

/** The base register through which `copy` was loaded, if it still holds the map at the branch. */
function loadedThrough(
  code: readonly Instruction[],
  testIndex: number,
  copy: Register,
  mark: WritingMark,
): Register | undefined {
  const changed = new Set<Register>();
  for (let i = testIndex - 1; i >= Math.max(0, testIndex - WINDOW); i--) {
    const step = code[i];
    if (step === undefined || step.flow !== 'next') return undefined;
    if (step.writes.includes(copy)) {
      const base = step.memory?.displacement === mark.byte ? step.memory.base : undefined;
      const loads = step.mnemonic.startsWith('mov') && base !== undefined;
      return loads && base !== copy && !changed.has(base) ? base : undefined;
    }
    for (const register of step.writes) changed.add(register);
  }
  return undefined;
}
