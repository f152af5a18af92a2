import type { Instruction } from '../../binary/x86/instruction.ts';
import type { KeySource, Register, SpilledKey } from '../../model/probe_plan.ts';

/**
 * Where a function keeps its key while it calls others, relative to its frame pointer; undefined where that was
 * not found. An argument is in its register until the first call, and Go's register allocator spills a value at
 * most once, at a place that comes before all of its later uses (src/cmd/compile/internal/ssa/regalloc.go,
 * placeSpills): the first store of the register is where the value is found later.
 */
export function spilledKey(code: readonly Instruction[], key: KeySource): SpilledKey | undefined {
  if (key.kind === 'none' || key.kind === 'interface') return undefined;
  const at = spillOf(code, key.kind === 'string' ? key.pointer : key.register);
  const lengthAt = key.kind === 'string' ? spillOf(code, key.length) : undefined;
  if (at === undefined || (key.kind === 'string' && lengthAt === undefined)) return undefined;
  return { key, at, ...(lengthAt === undefined ? {} : { lengthAt }) };
}

function spillOf(code: readonly Instruction[], register: Register): number | undefined {
  /** RBP - RSP, once RBP is the frame pointer of this function. */
  let frame: number | undefined;
  for (const i of code) {
    if (i.flow !== 'next' && i.flow !== 'branch') return undefined;
    const { mnemonic, op0, op1, memory, immediate } = i;
    if (mnemonic === 'mov' && op0 === 'RBP' && op1 === 'RSP') frame = 0;
    else if (mnemonic === 'lea' && op0 === 'RBP' && memory?.base === 'RSP') frame = memory.displacement;
    else if (op0 === 'RSP' && immediate !== undefined && frame !== undefined)
      frame += mnemonic === 'sub' ? immediate : -immediate;
    else if (mnemonic === 'mov' && op1 === register && memory?.base === 'RSP')
      return frame === undefined ? undefined : memory.displacement - frame;
    else if (i.writes.includes(register)) return undefined;
  }
  return undefined;
}
