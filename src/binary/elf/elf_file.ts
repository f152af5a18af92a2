import { MapauditError } from '../../base/errors.ts';
import { type FileAddr, fileAddr, type FileOffset, fileOffset } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { BoundedReader, corrupt, view } from './bounded_reader.ts';
import { machineName } from './machines.ts';

/** A part of the file with a name. */
export interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: FileAddr;
  readonly offset: FileOffset;
  readonly size: number;
  readonly link: number;
  readonly writable: boolean;
  /** The bytes in the file are compressed, behind a header that says how (SHF_COMPRESSED). */
  readonly compressed: boolean;
}

/** A part of the file that the loader maps. */
export interface Segment {
  readonly type: number;
  readonly address: FileAddr;
  readonly offset: FileOffset;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** What an ELF file for x86-64 says of itself. Symbols and notes are read by their own modules. */
export interface ElfFile {
  readonly source: ByteSource;
  /** Position independent: the loader adds a bias to all addresses. */
  readonly isPie: boolean;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  section(name: string): Section | undefined;
  /** Where in the file an address lies; undefined for what the file does not hold. */
  fileOffsetOf(address: FileAddr): FileOffset | undefined;
  /** Bytes at an address, as they stand in the file (no relocation applied). */
  read(address: FileAddr, length: number): Uint8Array | undefined;
}

export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const SHT_SYMTAB = 2;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
const ET_EXEC = 2;
const ET_DYN = 3;
const EM_X86_64 = 62;
const EM_386 = 3;
const ELFDATA2MSB = 2;
const BUILD_FOR_X86_64 =
  'Build it for this machine with GOOS=linux GOARCH=amd64 go build; programs of others cannot be audited here.';
const SHF_WRITE = 1;
const SHF_COMPRESSED = 0x800;
const PF_X = 1;
const PF_W = 2;
/** More than any linker makes; a file that claims more is broken. */
const MAX_HEADERS = 10_000;
const MAX_NAMES = 1 << 24;

/**
 * Reads the headers of an ELF file. Errors: `elf-not-elf`, `elf-32-bit`, `elf-foreign-machine`, `elf-foreign-system`,
 * `elf-not-executable`, `elf-corrupt` (with the offset at which it went wrong).
 */
export function parseElf(source: ByteSource): ElfFile {
  const reader = new BoundedReader(source);
  const type = checkIdentity(reader, source.name);
  const segments = readSegments(reader);
  const sections = readSections(reader);
  const loads = segments.filter((s) => s.type === PT_LOAD);
  const fileOffsetOf = (address: FileAddr, length = 1): FileOffset | undefined => {
    const load = loads.find((s) => address >= s.address && address + length <= s.address + s.fileSize);
    return load === undefined ? undefined : fileOffset(address - load.address + load.offset);
  };
  return {
    source,
    isPie: type === ET_DYN,
    sections,
    segments,
    section: (name) => sections.find((s) => s.name === name),
    fileOffsetOf: (address) => fileOffsetOf(address),
    read(address, length) {
      const offset = fileOffsetOf(address, length);
      return offset === undefined ? undefined : source.read(offset, length);
    },
  };
}

/** Returns the file's type. */
function checkIdentity(reader: BoundedReader, name: string): number {
  const magic = reader.source.read(0, 4);
  if (magic === undefined || String.fromCharCode(...magic) !== '\x7fELF')
    throw new MapauditError('elf-not-elf', `${name} is not an ELF file`, {
      hint: 'Give the program itself, not a script that starts it.',
    });
  const [bits, order] = reader.bytes(4, 2);
  const isBigEndian = order === ELFDATA2MSB;
  if ((bits !== 1 && bits !== 2) || (order !== 1 && !isBigEndian))
    throw corrupt(name, 4, `class ${bits ?? 0}, byte order ${order ?? 0}`);
  const number = view(reader.bytes(18, 2)).getUint16(0, !isBigEndian);
  const machine = machineName(number);
  // Of programs that are neither, the machine says more.
  if (number !== EM_X86_64 && number !== EM_386)
    throw new MapauditError(
      'elf-foreign-machine',
      `${name} is built for ${machine}; mapaudit audits x86-64 programs`,
      { fields: { machine }, hint: BUILD_FOR_X86_64 },
    );
  if (bits === 1)
    throw new MapauditError(
      'elf-32-bit',
      `${name} is a 32-bit program (${machine}); mapaudit audits 64-bit ones`,
      { fields: { machine }, hint: BUILD_FOR_X86_64 },
    );
  if (isBigEndian || number !== EM_X86_64)
    throw corrupt(name, 18, `${machine} in class ${bits}, byte order ${order}`);
  checkSystem(reader, name);
  const type = reader.u16(16);
  if (type !== ET_EXEC && type !== ET_DYN)
    throw new MapauditError('elf-not-executable', `${name} is an ELF file, but no program (type ${type})`);
  return type;
}

/** e_ident[EI_OSABI] of systems that Go builds for and whose programs Linux does not run: elf.h, ELFOSABI_*. */
const FOREIGN_SYSTEMS: Readonly<Record<number, string>> = {
  2: 'NetBSD',
  6: 'Solaris',
  9: 'FreeBSD',
  12: 'OpenBSD',
};

function checkSystem(reader: BoundedReader, name: string): void {
  const system = FOREIGN_SYSTEMS[reader.bytes(7, 1)[0] ?? 0];
  if (system !== undefined) throw foreignSystem(name, system);
}

/** The error for a program of another operating system. */
export function foreignSystem(name: string, system: string): MapauditError {
  return new MapauditError(
    'elf-foreign-system',
    `${name} is built for ${system}; mapaudit audits Linux programs`,
    {
      fields: { system },
      hint: 'Build it for this machine: GOOS=linux GOARCH=amd64 go build.',
    },
  );
}

function readSegments(reader: BoundedReader): Segment[] {
  const table = reader.u64(32);
  const size = reader.u16(54);
  const count = reader.u16(56);
  if (count > 0 && size < 56) throw corrupt(reader.name, 54, `program headers of ${size} bytes`);
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * size;
    const flags = reader.u32(at + 4);
    return {
      type: reader.u32(at),
      address: fileAddr(reader.u64(at + 16)),
      offset: fileOffset(reader.u64(at + 8)),
      fileSize: reader.u64(at + 32),
      memorySize: reader.u64(at + 40),
      writable: (flags & PF_W) !== 0,
      executable: (flags & PF_X) !== 0,
    };
  });
}

function readSections(reader: BoundedReader): Section[] {
  const table = reader.u64(40);
  const size = reader.u16(58);
  const count = reader.u16(60);
  if (table === 0 || count === 0) return [];
  if (size < 64 || count > MAX_HEADERS)
    throw corrupt(reader.name, 58, `${count} section headers of ${size} bytes`);
  const namesAt = table + reader.u16(62) * size;
  const namesSize = reader.u64(namesAt + 32);
  if (namesSize > MAX_NAMES) throw corrupt(reader.name, namesAt + 32, `section names of ${namesSize} bytes`);
  const names = reader.bytes(reader.u64(namesAt + 24), namesSize);
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * size;
    const flags = reader.u64(at + 8);
    return {
      name: cString(names, reader.u32(at)),
      type: reader.u32(at + 4),
      address: fileAddr(reader.u64(at + 16)),
      offset: fileOffset(reader.u64(at + 24)),
      size: reader.u64(at + 32),
      link: reader.u32(at + 40),
      writable: (flags & SHF_WRITE) !== 0,
      compressed: (flags & SHF_COMPRESSED) !== 0,
    };
  });
}

/** The text up to the next NUL byte; empty when `at` lies outside. */
export function cString(bytes: Uint8Array, at: number): string {
  if (at >= bytes.length) return '';
  const end = bytes.indexOf(0, at);
  return new TextDecoder().decode(bytes.subarray(at, end < 0 ? bytes.length : end));
}
