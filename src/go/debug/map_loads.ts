import { decodeX86, type Instruction } from '../../binary/x86/instruction.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { Register } from '../../model/probe_plan.ts';
import type { GoBinary } from '../go_binary.ts';
import { type MapFunction, mapFunctions } from '../plan/functions.ts';

/** A map that the code reaches from a variable of a package, as its calls of map functions show. */
export interface MapLoad {
  /** Address of the variable. */
  readonly variable: FileAddr;
  /** The variable holds the map itself (empty), or a pointer; each number is an offset to the next pointer. */
  readonly offsets: readonly number[];
  /** Descriptor of the map's type, that all these calls agree on. */
  readonly type: FileAddr;
}

const OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'access', 'iterate'];
const CALL = 0xe8;
/** How far before a call its arguments are looked for, in bytes. */
const WINDOW = 96;
const PIECE = 1 << 22;
const MAX_POINTERS = 3;
/** No instruction is longer, in bytes. */
const LONGEST = 15;
/** The bit of a prefix 0x48…0x4f that makes an operation one of 8 bytes. */
const REX = 0x48;

/**
 * Maps of package variables, told by the code alone: where a map function is called with a type that is a
 * constant and a map that was loaded from a fixed address, or through pointers that begin at one. For
 * programs without debug information. What calls disagree on is left out.
 */
export function findMapLoads(binary: GoBinary): readonly MapLoad[] {
  const types = new Set<number>(binary.mapTypes());
  const functions = new Map<number, MapFunction>();
  for (const fn of mapFunctions(binary.flavour, binary.version, OPS)) {
    const start = binary.functionNamed(fn.name)?.start;
    if (start !== undefined) functions.set(start, fn);
  }
  const found = new Map<string, MapLoad | undefined>();
  for (const { address, fn } of calls(binary, functions)) {
    const load = loadBefore(binary, address, fn);
    if (load === undefined || !types.has(load.type)) continue;
    const key = [load.variable, ...load.offsets].join();
    const agreed = found.has(key) ? found.get(key) : load;
    found.set(key, agreed?.type === load.type ? load : undefined);
  }
  return [...found.values()].filter((load) => load !== undefined);
}

interface Call {
  readonly address: FileAddr;
  readonly fn: MapFunction;
}

function* calls(binary: GoBinary, functions: ReadonlyMap<number, MapFunction>): Generator<Call> {
  const { text, etext } = binary.moduleData;
  for (let from: number = text; from < etext; from += PIECE) {
    const bytes = binary.elf.read(fileAddr(from), Math.min(PIECE + 4, etext - from));
    if (bytes === undefined) continue;
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = bytes.indexOf(CALL); at >= 0 && at + 5 <= bytes.length; at = bytes.indexOf(CALL, at + 1)) {
      const fn = functions.get(from + at + 5 + words.getInt32(at + 1, true));
      if (fn !== undefined) yield { address: fileAddr(from + at), fn };
    }
  }
}

function loadBefore(binary: GoBinary, call: FileAddr, fn: MapFunction): MapLoad | undefined {
  const code = straightCodeBefore(binary, call);
  const type = fn.type === undefined ? undefined : constantIn(code, fn.type);
  const path = type === undefined ? undefined : pathIn(code, code.length, fn.map, []);
  return type === undefined || path === undefined ? undefined : { ...path, type };
}

/**
 * The instructions right before a call, without jumps or calls between. Code cannot be decoded backwards: of all
 * places to begin at, the first is taken from which decoding arrives at the call. (Begun in the middle of an
 * instruction, decoding falls into step with the code after a few.)
 */
function straightCodeBefore(binary: GoBinary, call: FileAddr): readonly Instruction[] {
  const first = Math.max(call - WINDOW, binary.functionAt(call)?.start ?? call);
  for (let start = first; start < Math.min(first + LONGEST, call); start++) {
    const bytes = binary.elf.read(fileAddr(start), call - start);
    const code = bytes === undefined ? [] : decodeX86(bytes, fileAddr(start));
    const jump = code.findLastIndex((i) => i.flow !== 'next' || i.mnemonic === 'invalid');
    const last = code.at(-1);
    if (last !== undefined && jump < code.length - 1 && last.address + last.bytes.length === call)
      return code.slice(jump + 1);
  }
  return [];
}

/** The address that a register is set to (`lea rax, [rip+…]`) and keeps. */
function constantIn(code: readonly Instruction[], register: Register): FileAddr | undefined {
  const set = code.findLast((i) => i.writes.includes(register));
  return set?.mnemonic === 'lea' && set.memory?.ripRelative === true
    ? fileAddr(set.memory.displacement)
    : undefined;
}

/** Follows a register back from one instruction to the fixed address that its value was loaded from. */
function pathIn(
  code: readonly Instruction[],
  end: number,
  register: Register,
  offsets: readonly number[],
): Pick<MapLoad, 'variable' | 'offsets'> | undefined {
  const index = code.slice(0, end).findLastIndex((i) => i.writes.includes(register));
  const set = code[index];
  if (set?.mnemonic !== 'mov' || ((set.bytes[0] ?? 0) & ~7) !== REX || set.op0 !== register) return undefined;
  if (set.memory === undefined)
    return set.op1 === undefined ? undefined : pathIn(code, index, set.op1, offsets);
  const { base, displacement, ripRelative } = set.memory;
  if (ripRelative) return { variable: fileAddr(displacement), offsets };
  if (base === undefined || base === 'RSP' || base === 'RBP' || offsets.length >= MAX_POINTERS)
    return undefined;
  return pathIn(code, index, base, [displacement, ...offsets]);
}
