import { MapauditError } from '../../base/errors.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import { type ElfFile, SHT_NOBITS } from '../../binary/elf/elf_file.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';

/** go1.20–1.27 src/internal/abi/symtab.go and src/runtime/symtab.go: go1.18magic, go1.20magic. */
export const MAGIC_118 = 0xfffffff0;
export const MAGIC_120 = 0xfffffff1;

const NAMES = ['.gopclntab', '.data.rel.ro.gopclntab'];
const SEARCHED = ['.data.rel.ro', '.rodata'];
const MAX_SECTION = 1 << 30;

/** Where the table of functions lies, and how many bytes are there at most. */
export interface PclntabPlace {
  readonly address: FileAddr;
  readonly size: number;
}

/**
 * Finds the pclntab: by its section, else (external PIE up to 1.25, or no section headers) by its header.
 * Error: `no-pclntab`.
 */
export function locatePclntab(elf: ElfFile): PclntabPlace {
  for (const name of NAMES) {
    const section = elf.section(name);
    if (section !== undefined) return { address: section.address, size: section.size };
  }
  const sections = elf.sections.filter((s) => SEARCHED.includes(s.name) && s.type !== SHT_NOBITS);
  const places =
    sections.length > 0 ? sections : elf.segments.map((s) => ({ address: s.address, size: s.fileSize }));
  for (const { address, size } of places) {
    const bytes = size > MAX_SECTION ? undefined : elf.read(address, size);
    const at = bytes === undefined ? undefined : findHeader(bytes);
    if (at !== undefined) return { address: fileAddr(address + at), size: size - at };
  }
  throw new MapauditError('no-pclntab', `${elf.source.name}: Go's table of functions was not found`, {
    hint: 'The binary is damaged, packed or obfuscated; audit the program as the Go linker made it.',
  });
}

function findHeader(bytes: Uint8Array): number | undefined {
  const words = view(bytes);
  for (let at = 0; at + 72 <= bytes.length; at += 8) if (isKnownHeader(words, at)) return at;
  return undefined;
}

/** Magic number, two zero bytes, instruction size 1, pointer size 8. */
export function isKnownHeader(words: DataView, at: number): boolean {
  const magic = words.getUint32(at, true);
  return (magic === MAGIC_118 || magic === MAGIC_120) && words.getUint32(at + 4, true) === 0x08010000;
}
