import { type Addr, addr, type FileAddr, toFileAddr } from '../../model/addr.ts';
import { wordAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import type { ParkedGoroutine } from './goroutines.ts';

/** A function's activation on a goroutine's stack. */
export interface StackFrame {
  readonly goroutine: ParkedGoroutine;
  /** The function as the linker knows it; what was inlined into it is not told apart. */
  readonly function: string;
  /** An instruction within the call that is under way, in the file's addresses: for line tables and variables. */
  readonly pc: FileAddr;
  /** The canonical frame address: the stack pointer before the caller's call instruction. */
  readonly cfa: Addr;
}

const MAX_FRAMES = 1000;
/** The stack ends here: go1.18–1.27 src/runtime/symtab.go, topofstack. */
const OUTERMOST = new Set(['runtime.goexit', 'runtime.rt0_go', 'runtime.mstart', 'runtime.mcall']);
/** Their return address is the instruction that was interrupted, not the one behind a call. */
const INJECTED = new Set(['runtime.asyncPreempt', 'runtime.sigpanic']);

/**
 * The frames of a parked goroutine, innermost first, as the runtime itself unwinds: each function's table says
 * how far its stack pointer is below the return address. (Chains of frame pointers skip functions without one.)
 * The walk ends early where the stack is not as expected.
 */
export function* unwind(program: Program, goroutine: ParkedGoroutine): Generator<StackFrame> {
  const { binary, bias, memory } = program;
  let { sp } = goroutine;
  let pc = toFileAddr(goroutine.pc, bias);
  let afterCall = true;
  for (let i = 0; i < MAX_FRAMES; i++) {
    const fn = binary.functionAt(pc) ?? binary.functionAt(before(pc));
    if (fn === undefined) return;
    const at = afterCall && pc > fn.start ? before(pc) : pc;
    const depth = binary.stackDepth(at);
    if (depth === undefined || depth < 0) return;
    const cfa = addr(sp + depth + 8);
    if (cfa <= sp || cfa > goroutine.stackHi) return;
    yield { goroutine, function: fn.name, pc: at, cfa };
    const back = OUTERMOST.has(fn.name) ? undefined : wordAt(memory, cfa - 8);
    if (back === undefined || back === 0) return;
    afterCall = !INJECTED.has(fn.name);
    pc = toFileAddr(addr(back), bias);
    sp = cfa;
  }
}

const before = (pc: FileAddr): FileAddr => (pc - 1) as FileAddr;
