import { MapauditError } from '../../base/errors.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import { cString, type ElfFile } from '../../binary/elf/elf_file.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import { isKnownHeader, locatePclntab, MAGIC_120, type PclntabPlace } from './locate.ts';
import { type PcRange, pcRanges, pcValue } from './pc_value.ts';

/** A function of the binary, `[start, end)`. */
export interface GoFunction {
  readonly name: string;
  readonly start: FileAddr;
  readonly end: FileAddr;
}

/** What the table tells of one function. */
export interface FunctionRecord {
  readonly start: FileAddr;
  readonly end: FileAddr;
  readonly nameOffset: number;
  /** Offset in the function's own file table of the compilation unit. */
  readonly cuOffset: number;
  /** Offset of the pc-value table of how far the stack pointer is below the return address; 0: none. */
  readonly pcsp: number;
  readonly pcfile: number;
  readonly pcln: number;
  /** Offset of the pc-value table that tells which call was inlined there; 0: none. */
  readonly pcInlineIndex: number;
  /** Offset of the inline tree from moduledata.gofunc; undefined: nothing was inlined. */
  readonly inlineTree: number | undefined;
}

const MAX_FUNCTIONS = 1 << 23;
const MAX_TABLE = 1 << 30;
const NO_OFFSET = 0xffffffff;
const PCDATA_INLINE_INDEX = 2;
const FUNCDATA_INLINE_TREE = 3;
const MAX_NAME = 1 << 16;

/**
 * Go's table of functions, layouts of 1.18/1.19 and of 1.20 and later.
 * go1.26.8 src/runtime/symtab.go (pcHeader, functab) and src/runtime/runtime2.go (_func).
 */
export class Pclntab {
  readonly address: FileAddr;
  readonly isNew: boolean;
  readonly functionCount: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #names: number;
  readonly #cu: number;
  readonly #files: number;
  readonly #pctab: number;
  readonly #functab: number;
  #text = 0;
  readonly #offsetsByPackage = new Map<string, ReadonlyMap<string, number>>();
  #nameOffsets: Int32Array | undefined;

  constructor(elf: ElfFile, place: PclntabPlace = locatePclntab(elf)) {
    const bytes = place.size > MAX_TABLE ? undefined : elf.read(place.address, place.size);
    if (bytes === undefined || bytes.length < 72) throw corrupt(elf, 'it is cut off');
    this.address = place.address;
    this.#bytes = bytes;
    this.#view = view(bytes);
    if (!isKnownHeader(this.#view, 0)) throw unknown(elf, bytes.subarray(0, 8));
    this.isNew = this.#view.getUint32(0, true) === MAGIC_120;
    this.functionCount = this.#word(elf, 8);
    this.#names = this.#word(elf, 32);
    this.#cu = this.#word(elf, 40);
    this.#files = this.#word(elf, 48);
    this.#pctab = this.#word(elf, 56);
    this.#functab = this.#word(elf, 64);
    if (this.functionCount > MAX_FUNCTIONS || this.#functab + 8 * this.functionCount + 4 > bytes.length)
      throw corrupt(elf, `${this.functionCount} functions`);
  }

  /** Entries count from here: moduledata.text. The header's own word is unused from 1.26 on. */
  setText(text: FileAddr): void {
    this.#text = text;
  }

  functionNamed(name: string): GoFunction | undefined {
    const offset = this.#nameOffset(name);
    if (offset === undefined) return undefined;
    this.#nameOffsets ??= this.#readNameOffsets();
    const index = this.#nameOffsets.indexOf(offset);
    return index < 0 ? undefined : this.#functionOf(index);
  }

  functionAt(address: FileAddr): GoFunction | undefined {
    const index = this.#indexAt(address);
    return index === undefined ? undefined : this.#functionOf(index);
  }

  record(address: FileAddr): FunctionRecord | undefined {
    const index = this.#indexAt(address);
    return index === undefined ? undefined : this.#recordOf(index);
  }

  /** Empty for an offset that lies outside of the table. */
  nameAt(offset: number): string {
    const at = this.#names + offset;
    return offset < 0 ? '' : cString(this.#bytes.subarray(at, at + MAX_NAME), 0);
  }

  /**
   * The value of a pc-value table at an address of the function; undefined when it has none there. Table 0 is
   * none: go1.26.8 src/runtime/symtab.go, pcvalue.
   */
  valueAt(table: number, start: FileAddr, address: FileAddr): number | undefined {
    return table === 0 ? undefined : pcValue(this.#bytes, this.#pctab + table, start, address);
  }

  file(record: FunctionRecord, fileNumber: number): string | undefined {
    const at = this.#cu + 4 * (record.cuOffset + fileNumber);
    if (fileNumber < 0 || at + 4 > this.#bytes.length) return undefined;
    const offset = this.#view.getUint32(at, true);
    if (offset === NO_OFFSET) return undefined;
    const name = this.#files + offset;
    return cString(this.#bytes.subarray(name, name + MAX_NAME), 0);
  }

  /** A pc-value table from the function's start to its end. */
  rangesOf(table: number, record: FunctionRecord): PcRange[] {
    return pcRanges(this.#bytes, this.#pctab + table, record.start, record.end);
  }

  /** The function with an index below `functionCount`. */
  recordOf(index: number): FunctionRecord | undefined {
    return this.#recordOf(index);
  }

  /** Names of all functions, those that were inlined everywhere too. */
  functionNames(): string[] {
    return texts(this.#bytes.subarray(this.#names, this.#cu));
  }

  /** Names of all source files. */
  fileNames(): string[] {
    return texts(this.#bytes.subarray(this.#files, this.#pctab));
  }

  #word(elf: ElfFile, at: number): number {
    const value = Number(this.#view.getBigUint64(at, true));
    if (value > this.#bytes.length) throw corrupt(elf, `offset ${value} at ${at}`);
    return value;
  }

  #entry(index: number): number {
    return this.#text + this.#view.getUint32(this.#functab + 8 * index, true);
  }

  /** Index of the function that holds an address, by bisection; the entry after the last is an end mark. */
  #indexAt(address: FileAddr): number | undefined {
    let low = 0;
    let high = this.functionCount;
    if (address < this.#entry(0) || address >= this.#entry(high)) return undefined;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#entry(middle) <= address) low = middle;
      else high = middle;
    }
    return low;
  }

  #functionOf(index: number): GoFunction | undefined {
    const record = this.#recordOf(index);
    return record === undefined
      ? undefined
      : { name: this.nameAt(record.nameOffset), start: record.start, end: record.end };
  }

  /** Where a name stands in the table of names. */
  #nameOffset(name: string): number | undefined {
    if (name === '') return undefined;
    const start = packageOf(name);
    let offsets = this.#offsetsByPackage.get(start);
    if (offsets === undefined) this.#offsetsByPackage.set(start, (offsets = this.#namesOf(start)));
    return offsets.get(name);
  }

  /** All names that begin so, with their offsets. One search by bytes: large programs have 10 MB of names. */
  #namesOf(start: string): ReadonlyMap<string, number> {
    const { buffer, byteOffset } = this.#bytes;
    const names = Buffer.from(buffer, byteOffset + this.#names, this.#cu - this.#names);
    const wanted = Buffer.from(start);
    const found = new Map<string, number>();
    for (let at = names.indexOf(wanted); at >= 0; at = names.indexOf(wanted, at + 1)) {
      if (at > 0 && names[at - 1] !== 0) continue;
      const end = names.indexOf(0, at);
      const name = names.toString('utf8', at, end < 0 ? names.length : end);
      if (!found.has(name)) found.set(name, at);
    }
    return found;
  }

  /** Name offsets of all functions in order; those of 1.18–1.20's generic functions are shared. */
  #readNameOffsets(): Int32Array {
    const found = new Int32Array(this.functionCount);
    for (let index = 0; index < found.length; index++) {
      const at = this.#functab + this.#view.getUint32(this.#functab + 8 * index + 4, true);
      found[index] = at + 8 > this.#bytes.length ? -1 : this.#view.getInt32(at + 4, true);
    }
    return found;
  }

  #recordOf(index: number): FunctionRecord | undefined {
    const at = this.#functab + this.#view.getUint32(this.#functab + 8 * index + 4, true);
    const fixed = this.isNew ? 44 : 40;
    if (at + fixed > this.#bytes.length) return undefined;
    const pcdataCount = this.#view.getUint32(at + 28, true);
    const funcdataCount = this.#view.getUint8(at + (this.isNew ? 43 : 39));
    const word = (i: number): number | undefined => {
      const place = at + fixed + 4 * i;
      return place + 4 > this.#bytes.length ? undefined : this.#view.getUint32(place, true);
    };
    const tree = FUNCDATA_INLINE_TREE < funcdataCount ? word(pcdataCount + FUNCDATA_INLINE_TREE) : undefined;
    return {
      start: fileAddr(this.#entry(index)),
      end: fileAddr(this.#entry(index + 1)),
      nameOffset: this.#view.getInt32(at + 4, true),
      pcsp: this.#view.getUint32(at + 16, true),
      pcfile: this.#view.getUint32(at + 20, true),
      pcln: this.#view.getUint32(at + 24, true),
      cuOffset: this.#view.getUint32(at + 32, true),
      pcInlineIndex: PCDATA_INLINE_INDEX < pcdataCount ? (word(PCDATA_INLINE_INDEX) ?? 0) : 0,
      inlineTree: tree === NO_OFFSET ? undefined : tree,
    };
  }
}

/** `internal/runtime/maps.` of `internal/runtime/maps.(*Map).Delete`; the whole name where it has no package. */
function packageOf(name: string): string {
  const bracket = name.search(/[[(]/);
  const path = bracket < 0 ? name : name.slice(0, bracket);
  const dot = name.indexOf('.', path.lastIndexOf('/') + 1);
  return dot < 0 ? name : name.slice(0, dot + 1);
}

function unknown(elf: ElfFile, header: Uint8Array): MapauditError {
  const bytes = Buffer.from(header).toString('hex');
  return new MapauditError(
    'pclntab-unknown',
    `${elf.source.name}: Go's table of functions is of another layout: it begins with ${bytes}`,
    {
      fields: { header: bytes },
      hint: 'The binary is damaged, or of a Go that is newer than this mapaudit; look for a newer one.',
    },
  );
}

function corrupt(elf: ElfFile, what: string): MapauditError {
  return new MapauditError(
    'pclntab-corrupt',
    `${elf.source.name}: Go's table of functions is corrupt: ${what}`,
    {
      hint: 'Build or copy the binary again.',
    },
  );
}

/** Texts that each end with a NUL byte. */
function texts(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\0')
    .filter((text) => text !== '');
}
