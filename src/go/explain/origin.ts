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
/** So many places where ways meet are looked beyond. */
const MAX_DEPTH = 256;
const SLOT = 8;
/** The widest store that the compiler emits without AVX-512: a YMM register. */
const WIDEST = 32;

/**
 * What `place` holds when the instruction with this index begins. Followed backwards through moves, loads and
 * the frame's slots, over all ways that lead there; undefined when they disagree, or something unknown
 * happens on one of them. A call is taken to change every register and no slot that holds a spilled value.
 */
export function originBefore(code: CodeOutline, index: number, place: Place): Origin | undefined {
  const search: Search = { code, steps: 0, depth: 0, seen: new Map() };
  const found = find(search, index, place);
  return found === 'loop' ? undefined : found;
}

interface Search {
  readonly code: CodeOutline;
  steps: number;
  depth: number;
  /** Answers for `place @ index`; 'loop' while it is being looked for: a way round adds nothing. */
  readonly seen: Map<string, Origin | undefined | 'loop'>;
}

function find(search: Search, index: number, place: Place): Origin | undefined | 'loop' {
  let [at, where] = [index, place];
  const offsets: number[] = [];
  // Straight code is walked in a loop; only where ways meet does the search go deeper.
  for (;;) {
    if (at === 0) {
      const entry: Origin | undefined =
        typeof where === 'number' ? undefined : { kind: 'argument', register: where };
      return loaded(entry, offsets);
    }
    if (search.steps++ > MAX_STEPS) return undefined;
    const from = search.code.onlyBefore(at);
    if (from === undefined) return loaded(meeting(search, at, where), offsets);
    if (typeof where !== 'number' && isUntouched(search.code.at(from), where)) {
      at = from;
      continue;
    }
    const step = stepBack(search, from, where);
    if (step?.from === undefined) return loaded(step?.origin, offsets);
    if (step.offset !== undefined) offsets.push(step.offset);
    [at, where] = [from, step.from];
  }
}

/** The answer of all ways that meet at an instruction, when they agree. */
function meeting(search: Search, index: number, place: Place): Origin | undefined | 'loop' {
  const before = search.code.before(index);
  const key = `${place}@${index}`;
  if (search.seen.has(key)) return search.seen.get(key);
  if (search.depth >= MAX_DEPTH) return undefined;
  search.seen.set(key, 'loop');
  search.depth++;
  const answers = before.map((from) => after(search, from, place));
  search.depth--;
  const known = answers.filter((answer) => answer !== 'loop');
  const [first] = known;
  if (known.length === 0 && before.length > 0) {
    search.seen.delete(key);
    return 'loop';
  }
  const answer = known.every((one) => isSame(one, first)) ? first : undefined;
  search.seen.set(key, answer);
  return answer;
}

/** What the place holds after the instruction has run. */
function after(search: Search, index: number, place: Place): Origin | undefined | 'loop' {
  const step = stepBack(search, index, place);
  if (step?.from === undefined) return step?.origin;
  const from = find(search, index, step.from);
  return step.offset === undefined ? from : loaded(from, [step.offset]);
}

/** The word at the last offset from the word at the one before, and so on. */
function loaded(from: Origin | undefined | 'loop', offsets: readonly number[]): Origin | undefined | 'loop' {
  if (from === undefined || from === 'loop') return from;
  return offsets.reduceRight<Origin>((inner, offset) => ({ kind: 'load', from: inner, offset }), from);
}

/** The register holds after the instruction what it held before. */
function isUntouched(i: Instruction | undefined, register: Register): boolean {
  return i !== undefined && i.flow !== 'call' && !i.writes.includes(register);
}

function stepBack(search: Search, index: number, place: Place): Step {
  const instruction = search.code.at(index);
  if (instruction === undefined) return undefined;
  return typeof place === 'number' ? slotStep(instruction, place) : registerStep(instruction, place);
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
