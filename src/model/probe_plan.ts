import type { FileAddr, FileOffset } from './addr.ts';
import type { GoVersion, MapFlavour } from './go_version.ts';
import type { MapOp } from './map_op.ts';

/** The amd64 registers that a probe reads. `R14` is g, `RSP` points at the return address. */
export type Register =
  | 'RAX' | 'RBX' | 'RCX' | 'RDX' | 'RDI' | 'RSI' | 'RBP' | 'RSP'
  | 'R8' | 'R9' | 'R10' | 'R11' | 'R12' | 'R13' | 'R14' | 'R15'; // prettier-ignore

/** How the key reaches the function. */
export type KeySource =
  | { readonly kind: 'none' }
  /** In the register itself: the low 4 bytes, or all 8. */
  | { readonly kind: 'word'; readonly register: Register; readonly bytes: 4 | 8 }
  /** A Go string: pointer and length in two registers. */
  | { readonly kind: 'string'; readonly pointer: Register; readonly length: Register }
  /** A pointer to the key; its size and inside come from the map's type. */
  | { readonly kind: 'pointer'; readonly register: Register }
  /** An `any` in two registers: the type that it holds, and the value or a pointer to it. */
  | { readonly kind: 'interface'; readonly type: Register; readonly data: Register };

/** `[start, end)` of a function in the file's addresses. */
export interface CodeRange {
  readonly name: string;
  readonly start: FileAddr;
  readonly end: FileAddr;
}

/** Where a function keeps its key meanwhile: bytes from its frame pointer, of a string for both of its words. */
export interface SpilledKey {
  readonly key: KeySource;
  readonly at: number;
  readonly lengthAt?: number;
}

/** A function from which another is called on behalf of somebody. */
export interface InnerFunction extends CodeRange {
  /** The key that it was given; absent where it has none, or where it is not found in memory. */
  readonly spilled?: SpilledKey;
}

/** What all probe sites have. */
interface SiteBase {
  /** Position in `ProbePlan.sites`; the kernel gives it back with each hit (the attach cookie). */
  readonly index: number;
  /** The function as the symbol table names it: `runtime.mapdelete_faststr`. */
  readonly function: string;
  readonly op: MapOp;
  readonly address: FileAddr;
  readonly offset: FileOffset;
  /** The bytes of the instruction there; attach refuses when the process has others. */
  readonly expected: Uint8Array;
  /** `PUSH RBP`, as a disassembler prints it. */
  readonly instruction: string;
  /** Whether the kernel emulates the instruction (0.5 us a hit) or single-steps it (5–10 us). */
  readonly emulated: boolean;
  /** Why here, for `check`: "after the stack check; a restart through morestack does not reach it". */
  readonly why: string;
}

/** Where an operation begins. */
export interface EntrySite extends SiteBase {
  readonly role: 'entry';
  /** Count a hit only when CF = 0 and ZF = 0: the site is the `JBE` of the stack check (Go <= 1.20). */
  readonly skipRestarts: boolean;
  readonly map: Register;
  /** Absent where the function is not given the type. */
  readonly type: Register | undefined;
  readonly key: KeySource;
  /** A hit that returns into one of these is a part of an operation that another site counts already. */
  readonly partOf: readonly CodeRange[];
  /** The `internal/runtime/maps.table` that the function works on. */
  readonly table?: Register;
  /** A method of sync.Map: `map` is that, which has neither a map's type nor its header. */
  readonly sync?: true;
  /** In the middle of a function: [RSP] is no return address, and the map may be in any register. */
  readonly inside?: true;
  /** The caller is the first return address outside of these, and the key is the last one's: growth inside an assign. */
  readonly callerBeyond?: readonly InnerFunction[];
}

/** Where a write operation has done its work, the count is new, and the map is still in a register. */
export interface ExitSite extends SiteBase {
  readonly role: 'exit';
  readonly map: Register;
  /** The record's map and count are the address and the first word of the table that the entry worked on. */
  readonly table?: true;
  /** No register holds the map: the goroutine alone says which operation this ends. */
  readonly mapLost?: true;
}

export type ProbeSite = EntrySite | ExitSite;

/** A function of the wanted set for which there is no site, and why. Never an error by itself. */
export interface AbsentFunction {
  readonly function: string;
  readonly op: MapOp;
  readonly reason: string;
}

/** Offsets in `runtime.g`, and where type descriptors keep what the kernel program reads. */
export interface RuntimeOffsets {
  readonly gStackLo: number;
  readonly gStackHi: number;
  readonly gGoid: number;
  readonly gStartpc: number;
  /** The profiler labels: what they point to is a `map[string]string`, or a slice of pairs of strings. */
  readonly gLabels: number;
  readonly labelsForm: 'map' | 'list';
  /** The byte of the map header with the "being written" mark, and its bit. */
  readonly mapWriting: number;
  readonly mapWritingMask: number;
  /** The byte of a type descriptor that tells whether an interface holds the value itself, and its bit. */
  readonly typeDirectIface: number;
  readonly typeDirectIfaceMask: number;
}

/**
 * What to probe in one binary. Pure: the same binary and the same wanted operations give the same plan.
 * probe/ turns it into a running probe.
 */
export interface ProbePlan {
  readonly goVersion: GoVersion;
  readonly flavour: MapFlavour;
  readonly ops: readonly MapOp[];
  readonly sites: readonly ProbeSite[];
  readonly absent: readonly AbsentFunction[];
  readonly offsets: RuntimeOffsets;
}
