import type { CodeOutline } from '../../binary/x86/outline.ts';
import type { Instruction } from '../../binary/x86/instruction.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { Register } from '../../model/probe_plan.ts';

/** Where a value in a register comes from, as far as the function's own code tells. */
export type Origin =
  | { readonly kind: 'constant'; readonly address: FileAddr }
  /** The address of a slot of the function's frame, `RSP + displacement`. */
  | { readonly kind: 'frame'; readonly displacement: number }
  /** What a register held when the function was entered. */
  | { readonly kind: 'argument'; readonly register: Register }
  /** The word at `from + offset`. */
  | { readonly kind: 'load'; readonly from: Origin; readonly offset: number }
  /** What a call left in RAX. */
  | { readonly kind: 'result'; readonly call: FileAddr }
  | { readonly kind: 'zero' };

/** A register, or a slot of the frame. */
type Place = Register | number;

const MAX_STEPS = 4000;
const SLOT = 8;
/** The widest store that the compiler emits without AVX-512: a YMM register. */
const WIDEST = 32;

/**
 * What `place` holds when the instruction with this index begins. Followed backwards through moves, loads and
 * the frame's slots, over all ways that lead there; undefined when they disagree, or something unknown
 * happens on one of them. A call is taken to change every register and no slot that holds a spilled value.
 */
export function originBefore(code: CodeOutline, index: number, place: Place): Origin | undefined {
  const search: Search = { code, steps: 0, seen: new Map() };
  const found = search_(search, index, place);
  return found === 'loop' ? undefined : found;
}

interface Search {
  readonly code: CodeOutline;
  steps: number;
  /** Answers for `place @ index`; 'loop' while it is being looked for: a way round adds nothing. */
  readonly seen: Map<string, Origin | undefined | 'loop'>;
}

function search_(search: Search, index: number, place: Place): Origin | undefined | 'loop' {
  if (index === 0) return typeof place === 'number' ? undefined : { kind: 'argument', register: place };
  const key = `${place}@${index}`;
  if (search.seen.has(key)) return search.seen.get(key);
  if (search.steps++ > MAX_STEPS) return undefined;
  search.seen.set(key, 'loop');
  const answers = search.code.before(index).map((from) => after(search, from, place));
  const known = answers.filter((answer) => answer !== 'loop');
  const [first] = known;
  const agreed = known.length > 0 && known.every((answer) => isSame(answer, first));
  const answer = known.length === 0 && answers.length > 0 ? 'loop' : agreed ? first : undefined;
  if (answer === 'loop') search.seen.delete(key);
  else search.seen.set(key, answer);
  return answer;
}

/** What the place holds after the instruction has run. */
function after(search: Search, index: number, place: Place): Origin | undefined | 'loop' {
  const instruction = search.code.at(index);
  if (instruction === undefined) return undefined;
  const step = typeof place === 'number' ? slotStep(instruction, place) : registerStep(instruction, place);
  if (step === undefined) return undefined;
  if (step.from === undefined) return step.origin;
  const from = search_(search, index, step.from);
  if (step.offset === undefined || from === undefined || from === 'loop') return from;
  return { kind: 'load', from, offset: step.offset };
}

/** Either an answer, or the place to go on with (of which the word at `offset` is meant). */
type Step =
  | { readonly origin: Origin; readonly from?: undefined }
  | { readonly from: Place; readonly offset?: number }
  | undefined;

function registerStep(i: Instruction, register: Register): Step {
  if (i.flow === 'call') {
    if (register === 'RSP' || register === 'RBP' || register === 'R14') return { from: register };
    return register === 'RAX' ? { origin: { kind: 'result', call: i.address } } : undefined;
  }
  if (!i.writes.includes(register)) return { from: register };
  if (i.op0 !== register) return undefined;
  if (i.mnemonic === 'xor' && i.op1 === register) return { origin: { kind: 'zero' } };
  const { memory } = i;
  if (i.mnemonic === 'lea' && memory !== undefined) return addressOf(memory);
  if (i.mnemonic !== 'mov') return undefined;
  if (i.op1 !== undefined) return { from: i.op1 };
  if (memory?.ripRelative === true) {
    const from: Origin = { kind: 'constant', address: fileAddr(memory.displacement) };
    return { origin: { kind: 'load', from, offset: 0 } };
  }
  if (memory?.base === 'RSP') return { from: memory.displacement };
  return memory?.base === undefined ? undefined : { from: memory.base, offset: memory.displacement };
}

function addressOf({ base, displacement, ripRelative }: NonNullable<Instruction['memory']>): Step {
  if (ripRelative) return { origin: { kind: 'constant', address: fileAddr(displacement) } };
  return base === 'RSP' ? { origin: { kind: 'frame', displacement } } : undefined;
}

function slotStep(i: Instruction, slot: number): Step {
  if (i.flow === 'call') return { from: slot };
  // The frame itself moves: in the prologue, and nowhere else in Go's code.
  if (i.writes.includes('RSP')) return undefined;
  const { memory } = i;
  if (memory?.base !== 'RSP' || !isStore(i)) return { from: slot };
  if (i.mnemonic === 'mov' && memory.displacement === slot && i.op1 !== undefined) return { from: i.op1 };
  const distance = slot - memory.displacement;
  const width = i.mnemonic === 'mov' ? SLOT : WIDEST;
  return distance > -SLOT && distance < width ? undefined : { from: slot };
}

/** Writes to its memory operand. Comparisons and loads do not; what else has memory first is taken to. */
function isStore({ mnemonic, op0 }: Instruction): boolean {
  return op0 === undefined && !['cmp', 'test', 'push', 'prefetcht0', 'prefetchnta', 'bt'].includes(mnemonic);
}

function isSame(a: Origin | undefined, b: Origin | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
