import { view } from './bounded_reader.ts';
import type { ElfFile } from './elf_file.ts';

const NT_GNU_BUILD_ID = 3;
const NT_GO_BUILD_ID = 4;
const MAX_NOTE = 1 << 16;

/** The build id: GNU's in hexadecimal if there is one, else Go's own text. */
export function buildIdOf(elf: ElfFile): string | undefined {
  const gnu = noteOf(elf, '.note.gnu.build-id', NT_GNU_BUILD_ID);
  if (gnu !== undefined) return hexOf(gnu);
  const go = noteOf(elf, '.note.go.buildid', NT_GO_BUILD_ID);
  return go === undefined ? undefined : new TextDecoder().decode(go);
}

/** The content of the first note of a section, if it is of the wanted type. */
function noteOf(elf: ElfFile, sectionName: string, type: number): Uint8Array | undefined {
  const section = elf.section(sectionName);
  if (section === undefined || section.size > MAX_NOTE) return undefined;
  const bytes = elf.source.read(section.offset, section.size);
  if (bytes === undefined || bytes.length < 12) return undefined;
  const header = view(bytes);
  const nameSize = (header.getUint32(0, true) + 3) & ~3;
  const size = header.getUint32(4, true);
  if (header.getUint32(8, true) !== type || 12 + nameSize + size > bytes.length) return undefined;
  return bytes.subarray(12 + nameSize, 12 + nameSize + size);
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
