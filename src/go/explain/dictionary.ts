import { view } from '../../binary/elf/bounded_reader.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { Register } from '../../model/probe_plan.ts';
import type { GoFunction } from '../pclntab/pclntab.ts';
import type { MapCode } from './map_code.ts';
import { type Origin, originBefore } from './origin.ts';

/** How far up calls are followed: generic code that calls generic code. */
const MAX_CALLERS_UP = 4;

/**
 * Which constants a value can be. Loads from constants are read in the file (dictionaries are read-only);
 * an argument is looked up at every direct call of the function. `complete` is false where some caller does
 * not tell: there may be more.
 */
export interface Constants {
  readonly addresses: ReadonlySet<FileAddr>;
  readonly complete: boolean;
}

const UNKNOWN: Constants = { addresses: new Set(), complete: false };

/** Finds out what generic code is given: its callers pass a dictionary of the types it works on. */
export class Dictionaries {
  readonly #code: MapCode;
  #callers: ReadonlyMap<FileAddr, readonly Caller[]> | undefined;

  constructor(code: MapCode) {
    this.#code = code;
  }

  constants(origin: Origin | undefined, within: GoFunction, up = 0): Constants {
    if (origin === undefined) return UNKNOWN;
    if (origin.kind === 'constant') return { addresses: new Set([origin.address]), complete: true };
    if (origin.kind === 'load') {
      const { addresses, complete } = this.constants(origin.from, within, up);
      const words = [...addresses].map((address) => this.#word(address + origin.offset));
      const read = words.filter((word) => word !== undefined);
      return { addresses: new Set(read), complete: complete && read.length === words.length };
    }
    return origin.kind === 'argument' ? this.#argument(origin.register, within, up) : UNKNOWN;
  }

  #argument(register: Register, within: GoFunction, up: number): Constants {
    // A closure's context is made where the closure is, and the call of it is indirect.
    if (register === 'RDX' || up >= MAX_CALLERS_UP || !isGeneric(within.name)) return UNKNOWN;
    this.#callers ??= callersOfGeneric(this.#code);
    const callers = this.#callers.get(within.start) ?? [];
    const addresses = new Set<FileAddr>();
    let complete = callers.length > 0;
    for (const caller of callers) {
      if (!this.#code.isCall(caller.address, caller.within)) continue;
      const outline = this.#code.outline(caller.within);
      const index = outline.indexAt(caller.address);
      const origin = index === undefined ? undefined : originBefore(outline, index, register);
      const known = this.constants(origin, caller.within, up + 1);
      for (const address of known.addresses) addresses.add(address);
      complete &&= known.complete && known.addresses.size > 0;
    }
    return { addresses, complete };
  }

  /** A word of the part of the file that the program never changes. */
  #word(at: number): FileAddr | undefined {
    const { binary } = this.#code;
    if (!isConstant(binary.elf, at)) return undefined;
    const bytes = binary.read(fileAddr(at), 8);
    if (bytes === undefined) return undefined;
    const word = Number(view(bytes).getBigUint64(0, true));
    return word === 0 ? undefined : fileAddr(word);
  }
}

/** Go's table of functions writes type arguments, or `[...]`, into the names of generic functions alone. */
export const isGeneric = (name: string): boolean => name.includes('[');

interface Caller {
  readonly address: FileAddr;
  readonly within: GoFunction;
}

/** What looks like a call of a generic function, by the function's start. One pass over all code. */
function callersOfGeneric(code: MapCode): Map<FileAddr, Caller[]> {
  const { table } = code.binary;
  const starts = new Map<number, undefined>();
  for (let index = 0; index < table.functionCount; index++) {
    const record = table.recordOf(index);
    if (record !== undefined && isGeneric(table.nameAt(record.nameOffset)))
      starts.set(record.start, undefined);
  }
  const found = new Map<FileAddr, Caller[]>();
  for (const { address, target } of code.callsOf(starts)) {
    const within = code.binary.functionAt(address);
    if (within === undefined || within.start === target) continue;
    const known = found.get(target);
    if (known === undefined) found.set(target, [{ address, within }]);
    else known.push({ address, within });
  }
  return found;
}

/** Read-only, or made so once the loader is through (RELRO, where PIE keeps what holds addresses). */
function isConstant(elf: MapCode['binary']['elf'], at: number): boolean {
  const section = elf.sections.find(
    (s) => s.address !== 0 && at >= s.address && at + 8 <= s.address + s.size,
  );
  if (section !== undefined) return !section.writable || /relro|\.data\.rel\.ro|\.rodata/.test(section.name);
  return elf.segments.some((s) => !s.writable && at >= s.address && at + 8 <= s.address + s.fileSize);
}
