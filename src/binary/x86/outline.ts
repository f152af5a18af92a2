import { Decoder, DecoderOptions, FlowControl, Instruction, OpKind } from 'iced-x86';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import { decodeX86, type Instruction as Decoded } from './instruction.ts';

/** So many instructions are decoded fully at a time. */
const WINDOW = 4;

/**
 * A function's code as boundaries and jumps, of which single instructions are decoded fully when asked for.
 * Full decoding is twenty times as slow, and most questions look at a few instructions before a call.
 */
export class CodeOutline {
  readonly start: FileAddr;
  /** Some jump goes through a register or a table: not every predecessor is known. */
  readonly hasIndirectJump: boolean;
  readonly #code: Uint8Array;
  readonly #starts: readonly number[];
  readonly #flows: readonly FlowControl[];
  /** Index of an instruction -> indexes of those that jump to it. */
  readonly #jumps: ReadonlyMap<number, readonly number[]>;
  readonly #decoded = new Map<number, Decoded>();

  constructor(code: Uint8Array, start: FileAddr) {
    this.start = start;
    this.#code = code;
    const { starts, flows, targets } = outline(code, start);
    this.#starts = starts;
    this.#flows = flows;
    this.hasIndirectJump = flows.includes(FlowControl.IndirectBranch);
    const jumps = new Map<number, number[]>();
    for (const [from, target] of targets) {
      const to = this.indexAt(target);
      if (to === undefined) continue;
      const known = jumps.get(to);
      if (known === undefined) jumps.set(to, [from]);
      else known.push(from);
    }
    this.#jumps = jumps;
  }

  get length(): number {
    return this.#starts.length;
  }

  /** Index of the instruction that begins at an address; undefined when none does. */
  indexAt(address: FileAddr): number | undefined {
    const offset = address - this.start;
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] === offset ? low : undefined;
  }

  /** The instruction with an index; undefined beyond the function. */
  at(index: number): Decoded | undefined {
    const known = this.#decoded.get(index);
    if (known !== undefined || index < 0 || index >= this.#starts.length) return known;
    const first = index - (index % WINDOW);
    const from = this.#starts[first] ?? 0;
    const to = this.#starts[first + WINDOW] ?? this.#code.length;
    const window = decodeX86(this.#code.subarray(from, to), fileAddr(this.start + from));
    window.forEach((instruction, i) => this.#decoded.set(first + i, instruction));
    return this.#decoded.get(index);
  }

  /** The one instruction after which this one runs; undefined when there are none or several. */
  onlyBefore(index: number): number | undefined {
    return index > 0 && !this.#jumps.has(index) && !ENDS.has(this.#flows[index - 1]) ? index - 1 : undefined;
  }

  /** Indexes of the instructions after which this one may run, direct jumps only. */
  before(index: number): readonly number[] {
    const jumps = this.#jumps.get(index) ?? [];
    return index > 0 && !ENDS.has(this.#flows[index - 1]) ? [index - 1, ...jumps] : jumps;
  }
}

/** After these the next instruction does not run. */
const ENDS: ReadonlySet<FlowControl | undefined> = new Set([
  undefined,
  FlowControl.UnconditionalBranch,
  FlowControl.IndirectBranch,
  FlowControl.Return,
  FlowControl.Exception,
]);

function outline(
  code: Uint8Array,
  start: FileAddr,
): { starts: number[]; flows: FlowControl[]; targets: [from: number, target: FileAddr][] } {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const raw = new Instruction();
  const [starts, flows, targets] = [[] as number[], [] as FlowControl[], [] as [number, FileAddr][]];
  decoder.ip = BigInt(start);
  try {
    while (decoder.canDecode) {
      const at = decoder.position;
      decoder.decodeOut(raw);
      const flow = raw.flowControl;
      const jumps = flow === FlowControl.UnconditionalBranch || flow === FlowControl.ConditionalBranch;
      if (jumps && raw.op0Kind === OpKind.NearBranch64)
        targets.push([starts.length, fileAddr(Number(raw.nearBranchTarget))]);
      starts.push(at);
      flows.push(flow);
    }
  } finally {
    raw.free();
    decoder.free();
  }
  return { starts, flows, targets };
}
