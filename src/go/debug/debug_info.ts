import { AT, OP, TAG } from '../../binary/dwarf/constants.ts';
import { Cursor } from '../../binary/dwarf/cursor.ts';
import { type Dwarf, openDwarf } from '../../binary/dwarf/dwarf.ts';
import { addressByIndex, type Entry } from '../../binary/dwarf/entry.ts';
import type { Inflate } from '../../binary/dwarf/sections.ts';
import { bias, type Bias, type FileAddr, fileAddr, toAddr } from '../../model/addr.ts';
import type { GoBinary } from '../go_binary.ts';
import type { TypeReader } from '../types/type_reader.ts';
import { DwarfTypes } from './dwarf_types.ts';
import { type GoType, unescapePath } from './go_type.ts';

/** A variable of a package. */
export interface PackageVariable {
  /** With the package's path: `github.com/x/shop.cache`. */
  readonly name: string;
  /** Undefined when the program has no such variable any more: it was optimised away. */
  readonly address: FileAddr | undefined;
  /** Undefined for variables of C code. */
  readonly type: GoType | undefined;
}

/**
 * What the debug information of a Go binary tells of variables, types and functions. `reader` reads type
 * descriptors: of the file, or of a process with its bias, where `GoType.descriptor` then lies.
 */
export class DebugInfo {
  readonly dwarf: Dwarf;
  readonly types: DwarfTypes;
  readonly #bias: Bias;
  #variables: ReadonlyMap<string, number> | undefined;
  #functions: { readonly starts: Float64Array; readonly offsets: Float64Array } | undefined;

  constructor(dwarf: Dwarf, reader: TypeReader, binary: GoBinary, loadBias: Bias) {
    this.dwarf = dwarf;
    this.#bias = loadBias;
    this.types = new DwarfTypes(dwarf, reader, toAddr(binary.moduleData.types, loadBias));
  }

  /** What was added to the file's addresses in the memory that is read. */
  get bias(): Bias {
    return this.#bias;
  }

  /** Names of all package variables, with package paths. */
  variableNames(): Iterable<string> {
    return this.#variableOffsets().keys();
  }

  /** The package variable of that full name. */
  variable(name: string): PackageVariable | undefined {
    const offset = this.#variableOffsets().get(name);
    const entry = offset === undefined ? undefined : this.dwarf.entry(offset);
    if (entry === undefined) return undefined;
    return { name, address: staticAddress(entry), type: this.types.at(entry.reference(AT.type)) };
  }

  /** The entry of the function that holds an instruction. */
  functionAt(pc: FileAddr): Entry | undefined {
    this.#index();
    const { starts, offsets } = this.#functions ?? { starts: [], offsets: [] };
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= pc) low = middle + 1;
      else high = middle;
    }
    const offset = offsets[low - 1];
    const entry = offset === undefined ? undefined : this.dwarf.entry(offset);
    const start = entry?.address(AT.lowPc);
    const end = start === undefined ? undefined : entry?.highPc(start);
    return end !== undefined && pc < end ? entry : undefined;
  }

  #variableOffsets(): ReadonlyMap<string, number> {
    this.#index();
    return this.#variables ?? new Map<string, number>();
  }

  /** Goes over all units once; each entry is looked at only at the top level. */
  #index(): void {
    if (this.#variables !== undefined) return;
    const variables = new Map<string, number>();
    const functions: { start: number; offset: number }[] = [];
    for (const unit of this.dwarf.units())
      this.dwarf.walk(unit, (tag, offset, depth) => {
        if (tag !== TAG.variable && tag !== TAG.subprogram) return depth === 0;
        const entry = this.dwarf.entry(offset, unit);
        const { name } = entry ?? {};
        if (tag === TAG.variable && name?.includes('.') === true) variables.set(unescapePath(name), offset);
        const start = tag === TAG.subprogram ? entry?.address(AT.lowPc) : undefined;
        if (start !== undefined) functions.push({ start, offset });
        return false;
      });
    functions.sort((a, b) => a.start - b.start);
    this.#functions = {
      starts: Float64Array.from(functions, (f) => f.start),
      offsets: Float64Array.from(functions, (f) => f.offset),
    };
    this.#variables = variables;
  }
}

/** The address of a variable whose location is that address, as those of packages are. */
function staticAddress(entry: Entry): FileAddr | undefined {
  const location = entry.block(AT.location);
  if (location === undefined || location.length < 2) return undefined;
  const cursor = new Cursor('.debug_info', location);
  const operation = cursor.u8();
  if (operation === OP.addr) return fileAddr(cursor.uint(entry.unit.addressSize));
  if (operation === OP.addrx) return fileAddr(addressByIndex(entry.dwarf, entry.unit, cursor.uleb()));
  return undefined;
}

/**
 * Opens the debug information of a binary; with a process's type reader and bias its types have their
 * descriptors there. Errors: `no-dwarf`, and `dwarf-corrupt` or `dwarf-unsupported` from all methods.
 */
export function openDebugInfo(
  binary: GoBinary,
  inflate: Inflate,
  reader: TypeReader = binary.typeReader(),
  loadBias: Bias = bias(0),
): DebugInfo {
  return new DebugInfo(openDwarf(binary.elf, inflate), reader, binary, loadBias);
}
