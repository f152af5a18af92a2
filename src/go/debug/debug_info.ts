import { AT, OP, TAG } from '../../binary/dwarf/constants.ts';
import { Cursor } from '../../binary/dwarf/cursor.ts';
import { type Dwarf, openDwarf, type Unit } from '../../binary/dwarf/dwarf.ts';
import { addressByIndex, type Entry } from '../../binary/dwarf/entry.ts';
import type { Inflate } from '../../binary/dwarf/sections.ts';
import { bias, type Bias, type FileAddr, fileAddr, toAddr } from '../../model/addr.ts';
import type { GoBinary } from '../go_binary.ts';
import type { TypeReader } from '../types/type_reader.ts';
import { AT_GO, DwarfTypes } from './dwarf_types.ts';
import { type GoType, shortTypeName, unescapePath } from './go_type.ts';

/** A variable of a package. */
export interface PackageVariable {
  /** With the package's path: `github.com/x/shop.cache`. */
  readonly name: string;
  /** Undefined when the program has no such variable any more: it was optimised away. */
  readonly address: FileAddr | undefined;
  /** Undefined for variables of C code. */
  readonly type: GoType | undefined;
}

const VARIABLE_TAGS: ReadonlySet<number> = new Set([TAG.variable]);
const FUNCTION_TAGS: ReadonlySet<number> = new Set([TAG.subprogram]);
const TYPE_TAGS: ReadonlySet<number> = new Set([
  TAG.typedef,
  TAG.structureType,
  TAG.baseType,
  TAG.pointerType,
  TAG.arrayType,
]);

/** Where a variable's entry stands, and the package of its unit. */
interface VariableEntry {
  readonly offset: number;
  readonly packageName: string | undefined;
}

/**
 * What the debug information of a Go binary tells of variables, types and functions. `reader` reads type
 * descriptors: of the file, or of a process with its bias, where `GoType.descriptor` then lies.
 */
export class DebugInfo {
  readonly dwarf: Dwarf;
  readonly types: DwarfTypes;
  readonly #bias: Bias;
  #variables: ReadonlyMap<string, VariableEntry> | undefined;
  #functions: { readonly starts: Float64Array; readonly offsets: Float64Array } | undefined;
  #named: ReadonlyMap<string, number> | undefined;

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
    return this.#entries().keys();
  }

  /** The package variable of that full name. */
  variable(name: string): PackageVariable | undefined {
    const entry = this.#variableEntry(name);
    if (entry === undefined) return undefined;
    return { name, address: staticAddress(entry), type: this.types.at(entry.reference(AT.type)) };
  }

  /** The name of the package (not its path) that a variable is of; undefined where its unit does not tell. */
  packageNameOf(variable: string): string | undefined {
    return this.#entries().get(variable)?.packageName;
  }

  /** The type of that name with package path, or with the package's name where that is all the name has. */
  typeNamed(name: string): GoType | undefined {
    this.#named ??= this.#readTypeNames();
    return this.types.at(this.#named.get(name));
  }

  /** Names that `typeNamed` knows. */
  typeNames(): Iterable<string> {
    this.#named ??= this.#readTypeNames();
    return this.#named.keys();
  }

  /** The entry of the function that holds an instruction. */
  functionAt(pc: FileAddr): Entry | undefined {
    this.#functions ??= this.#readFunctions();
    const { starts, offsets } = this.#functions;
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

  #variableEntry(name: string): Entry | undefined {
    const offset = this.#entries().get(name)?.offset;
    return offset === undefined ? undefined : this.dwarf.entry(offset);
  }

  #entries(): ReadonlyMap<string, VariableEntry> {
    this.#variables ??= this.#readVariables();
    return this.#variables;
  }

  #readVariables(): ReadonlyMap<string, VariableEntry> {
    const found = new Map<string, VariableEntry>();
    for (const unit of this.dwarf.units()) {
      const packageName = this.dwarf.entry(unit.first, unit)?.text(AT_GO.packageName);
      this.#topLevel(unit, VARIABLE_TAGS, ({ name, offset }) => {
        if (name?.includes('.') === true) found.set(unescapePath(name), { offset, packageName });
      });
    }
    return found;
  }

  #readFunctions(): { readonly starts: Float64Array; readonly offsets: Float64Array } {
    const found: { readonly start: number; readonly offset: number }[] = [];
    for (const unit of this.dwarf.units())
      this.#topLevel(unit, FUNCTION_TAGS, (entry) => {
        const start = entry.address(AT.lowPc);
        if (start !== undefined) found.push({ start, offset: entry.offset });
      });
    found.sort((a, b) => a.start - b.start);
    return {
      starts: Float64Array.from(found, (f) => f.start),
      offsets: Float64Array.from(found, (f) => f.offset),
    };
  }

  #readTypeNames(): ReadonlyMap<string, number> {
    const full = new Map<string, number>();
    for (const unit of this.dwarf.units())
      this.#topLevel(unit, TYPE_TAGS, ({ name, offset }) => {
        if (name !== undefined) full.set(unescapePath(name), offset);
      });
    for (const [name, offset] of [...full]) {
      const short = shortTypeName(name);
      if (!full.has(short)) full.set(short, offset);
    }
    return full;
  }

  /** Entries of some tags that stand directly in a unit. */
  #topLevel(unit: Unit, wanted: ReadonlySet<number>, visit: (entry: Entry) => void): void {
    this.dwarf.walk(unit, (tag, offset, depth) => {
      const entry = depth === 1 && wanted.has(tag) ? this.dwarf.entry(offset, unit) : undefined;
      if (entry !== undefined) visit(entry);
      return depth === 0;
    });
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
