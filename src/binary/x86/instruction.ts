import {
  Decoder,
  DecoderOptions,
  FlowControl,
  Formatter,
  FormatterSyntax,
  Instruction as IcedInstruction,
  type UsedRegister,
  InstructionInfoFactory,
  Mnemonic,
  OpAccess,
  OpKind,
  Register as Iced,
  RegisterExt,
} from 'iced-x86';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { Register } from '../../model/probe_plan.ts';

/** How an instruction passes control on. */
export type Flow = 'next' | 'jump' | 'branch' | 'call' | 'indirect' | 'return' | 'trap';

/** A memory operand `[base + displacement]`; `base` is absent for other forms, RIP-relative ones included. */
export interface MemoryOperand {
  readonly base: Register | undefined;
  /** Relative to `base`, or the address itself of a RIP-relative operand. */
  readonly displacement: number;
  readonly ripRelative: boolean;
}

/** One decoded instruction, free of the decoder's memory. `writes` and `text` are found when they are asked for. */
export interface Instruction {
  readonly address: FileAddr;
  readonly bytes: Uint8Array;
  /** Lower case: `push`, `jbe`. */
  readonly mnemonic: string;
  readonly flow: Flow;
  /** Where a direct jump, branch or call goes. */
  readonly target: FileAddr | undefined;
  readonly memory: MemoryOperand | undefined;
  /** 64-bit names of the registers among the first two operands; undefined where an operand is none. */
  readonly op0: Register | undefined;
  readonly op1: Register | undefined;
  readonly immediate: number | undefined;
  /** 64-bit names of all registers that it changes. */
  readonly writes: readonly Register[];
  /** As a disassembler prints it, Intel syntax. */
  readonly text: string;
}

const FLOWS = new Map<FlowControl, Flow>([
  [FlowControl.Next, 'next'],
  [FlowControl.UnconditionalBranch, 'jump'],
  [FlowControl.ConditionalBranch, 'branch'],
  [FlowControl.Call, 'call'],
  [FlowControl.IndirectBranch, 'indirect'],
  [FlowControl.IndirectCall, 'call'],
  [FlowControl.Return, 'return'],
  [FlowControl.Interrupt, 'trap'],
  [FlowControl.Exception, 'trap'],
]);

const NAMES = new Map<Iced, Register>([
  [Iced.RAX, 'RAX'], [Iced.RBX, 'RBX'], [Iced.RCX, 'RCX'], [Iced.RDX, 'RDX'],
  [Iced.RDI, 'RDI'], [Iced.RSI, 'RSI'], [Iced.RBP, 'RBP'], [Iced.RSP, 'RSP'],
  [Iced.R8, 'R8'], [Iced.R9, 'R9'], [Iced.R10, 'R10'], [Iced.R11, 'R11'],
  [Iced.R12, 'R12'], [Iced.R13, 'R13'], [Iced.R14, 'R14'], [Iced.R15, 'R15'],
]); // prettier-ignore

const WRITING = new Set<OpAccess>([
  OpAccess.Write,
  OpAccess.CondWrite,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);

/** Decodes x86-64 machine code that begins at `address`. Bytes that are no instruction appear as `(bad)`. */
export function decodeX86(code: Uint8Array, address: FileAddr): Instruction[] {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  decoder.ip = BigInt(address);
  const found: Instruction[] = [];
  const raw = new IcedInstruction();
  try {
    for (let at = 0; decoder.canDecode; at = decoder.position) {
      decoder.decodeOut(raw);
      found.push(convert(raw, code.subarray(at, at + raw.length)));
    }
  } finally {
    raw.free();
    decoder.free();
  }
  return found;
}

/** Without the NOPs that compilers put before branches and loops: `90`, `66 90`, and the longer ones. */
export function withoutPadding(code: readonly Instruction[]): Instruction[] {
  return code.filter((i) => i.mnemonic !== 'nop' && !(i.mnemonic === 'xchg' && i.op0 === i.op1));
}

function convert(raw: IcedInstruction, bytes: Uint8Array): Instruction {
  const flow = FLOWS.get(raw.flowControl) ?? 'next';
  const direct =
    (flow === 'jump' || flow === 'branch' || flow === 'call') && raw.op0Kind === OpKind.NearBranch64;
  const address = fileAddr(Number(raw.ip));
  let writes: readonly Register[] | undefined;
  return {
    address,
    bytes,
    mnemonic: mnemonicOf(raw.mnemonic),
    flow,
    target: direct ? fileAddr(Number(raw.nearBranchTarget)) : undefined,
    memory: memoryOf(raw),
    op0: raw.opCount > 0 && raw.op0Kind === OpKind.Register ? fullName(raw.op0Register) : undefined,
    op1: raw.opCount > 1 && raw.op1Kind === OpKind.Register ? fullName(raw.op1Register) : undefined,
    immediate: immediateOf(raw),
    get writes() {
      return (writes ??= again(bytes, address, writesOf));
    },
    get text() {
      return again(bytes, address, textOf);
    },
  };
}

/** Decodes one instruction once more, for what few are asked. */
function again<T>(bytes: Uint8Array, address: FileAddr, ask: (raw: IcedInstruction) => T): T {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  decoder.ip = BigInt(address);
  const raw = decoder.decode();
  try {
    return ask(raw);
  } finally {
    raw.free();
    decoder.free();
  }
}

function textOf(raw: IcedInstruction): string {
  const formatter = new Formatter(FormatterSyntax.Intel);
  try {
    return formatter.format(raw);
  } finally {
    formatter.free();
  }
}

const MNEMONICS = new Map<Mnemonic, string>();

function mnemonicOf(mnemonic: Mnemonic): string {
  let name = MNEMONICS.get(mnemonic);
  if (name === undefined) MNEMONICS.set(mnemonic, (name = Mnemonic[mnemonic].toLowerCase()));
  return name;
}

function memoryOf(raw: IcedInstruction): MemoryOperand | undefined {
  const kinds = [raw.op0Kind, raw.op1Kind].slice(0, raw.opCount);
  if (!kinds.includes(OpKind.Memory)) return undefined;
  const ripRelative = raw.isIpRelMemoryOperand;
  const plain = raw.memoryIndex === Iced.None;
  const base = plain && !ripRelative ? NAMES.get(raw.memoryBase) : undefined;
  const displacement = ripRelative ? raw.ipRelMemoryAddress : BigInt.asIntN(64, raw.memoryDisplacement);
  return { base, displacement: Number(displacement), ripRelative };
}

function immediateOf(raw: IcedInstruction): number | undefined {
  for (let i = 0; i < raw.opCount; i++) {
    const kind = raw.opKind(i);
    if (kind >= OpKind.Immediate8 && kind <= OpKind.Immediate32to64) return Number(raw.immediate(i));
  }
  return undefined;
}

function writesOf(raw: IcedInstruction): Register[] {
  const infos = new InstructionInfoFactory();
  const info = infos.info(raw);
  const written: Register[] = [];
  for (const used of info.usedRegisters() as readonly UsedRegister[]) {
    const name = WRITING.has(used.access) ? fullName(used.register) : undefined;
    if (name !== undefined) written.push(name);
    used.free();
  }
  info.free();
  infos.free();
  return written;
}

function fullName(register: Iced): Register | undefined {
  return NAMES.get(RegisterExt.fullRegister(register));
}
