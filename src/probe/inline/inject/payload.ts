import type { Register } from '../../../model/probe_plan.ts';
import { REG } from '../../../sys/ptrace.ts';
import { Assembler } from '../asm/assembler.ts';
import { encodeJournal, type Journal, JOURNAL_BYTES, OWN_BYTES, ownOf } from './journal.ts';

/** Name of the memory in /proc/PID/maps; another version of the layout has another number. */
export const MEMORY_NAME = 'mapaudit:2';

const NR = { close: 3, mmap: 9, munmap: 11, madvise: 28, memfdCreate: 319 } as const;
export type PayloadKind = 'setup' | 'remove';
/** System calls of each payload, in their order. */
export const CALLS: Readonly<Record<PayloadKind, readonly number[]>> = {
  setup: [NR.memfdCreate, NR.mmap, NR.mmap, NR.madvise, NR.mmap, NR.close],
  remove: [NR.munmap, NR.munmap],
};

/**
 * The arguments of those calls, in their order, for a look at what a seccomp filter says to them. `fd`: which
 * descriptor the program will get.
 */
export function argumentsOf(kind: PayloadKind, at: number, place: Journal, fd: number): readonly number[][] {
  const { code, codeBytes, sharedBytes } = place;
  const own = ownOf(place);
  if (kind === 'remove')
    return [
      [code, codeBytes],
      [own, OWN_BYTES + sharedBytes],
    ];
  return [
    [at + JOURNAL_BYTES, MFD_CLOEXEC],
    [own, OWN_BYTES + sharedBytes, PROT.readWrite, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, codeBytes],
    [own, OWN_BYTES, PROT.readWrite, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, fd, codeBytes],
    [own, OWN_BYTES, MADV_WIPEONFORK],
    [code, codeBytes, PROT.readExecute, MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0],
    [fd],
  ];
}

const MFD_CLOEXEC = 1;
const PROT = { readWrite: 3, readExecute: 5 } as const;
/** Never over what is there already. */
const MAP_FIXED_NOREPLACE = 0x100000;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MADV_WIPEONFORK = 18;

/** Registers that system calls and their arguments use; all others stay as they are. */
const SPOILT = ['RAX', 'RCX', 'RDX', 'RSI', 'RDI', 'R8', 'R9', 'R10', 'R11'] as const;

export interface Payload {
  /** Journal, name and code. */
  readonly bytes: Uint8Array;
  /** Where it begins to run. */
  readonly start: number;
}

/**
 * Code that one thread of the program runs once: system calls, then all its registers again from numbers in the code,
 * and back to where it was. It has no branch and touches no stack, no flag and no memory, so it does its work whether
 * or not anybody is left to look after it.
 */
export function makePayload(at: number, kind: PayloadKind, journal: Journal, back: BigUint64Array): Payload {
  const a = new Assembler(at);
  a.raw(encodeJournal(journal));
  const name = at + JOURNAL_BYTES;
  a.raw([...new TextEncoder().encode(MEMORY_NAME), 0]);
  const start = a.here;
  if (kind === 'setup') setup(a, journal, name);
  else remove(a, journal);
  for (const register of SPOILT) a.movImm64(register, back[INDEX[register]] ?? 0n);
  a.jmpFar(back[REG.rip] ?? 0n);
  return { bytes: a.finish(), start };
}

const INDEX: Readonly<Record<(typeof SPOILT)[number], number>> = {
  RAX: REG.rax, RCX: REG.rcx, RDX: REG.rdx, RSI: REG.rsi, RDI: REG.rdi,
  R8: REG.r8, R9: REG.r9, R10: REG.r10, R11: REG.r11,
}; // prettier-ignore

function setup(a: Assembler, place: Journal, name: number): void {
  const { code, codeBytes, sharedBytes } = place;
  call(a, NR.memfdCreate, { RDI: name, RSI: MFD_CLOEXEC });
  a.mov('R8', 'RAX', 4);
  call(a, NR.mmap, {
    RDI: ownOf(place),
    RSI: OWN_BYTES + sharedBytes,
    RDX: PROT.readWrite,
    R10: MAP_SHARED | MAP_FIXED_NOREPLACE,
    R9: codeBytes,
  });
  // Where that has failed, its error is no address of a page: nothing is mapped over what is the program's.
  a.mov('RDI', 'RAX');
  call(a, NR.mmap, { RSI: OWN_BYTES, R10: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED });
  call(a, NR.madvise, { RDX: MADV_WIPEONFORK });
  call(a, NR.mmap, {
    RDI: code,
    RSI: codeBytes,
    RDX: PROT.readExecute,
    R10: MAP_PRIVATE | MAP_FIXED_NOREPLACE,
    R9: 0,
  });
  a.mov('RDI', 'R8', 4);
  call(a, NR.close, {});
}

function remove(a: Assembler, place: Journal): void {
  const { code, codeBytes, sharedBytes } = place;
  call(a, NR.munmap, { RDI: code, RSI: codeBytes });
  call(a, NR.munmap, { RDI: ownOf(place), RSI: OWN_BYTES + sharedBytes });
}

/** Registers that are not given stay as they are: a system call leaves all but RAX, RCX and R11 alone. */
function call(a: Assembler, number: number, args: Partial<Record<Register, number>>): void {
  for (const [register, value] of Object.entries(args) as [Register, number][]) a.movImm(register, value);
  a.movImm('RAX', number);
  a.syscall();
}
