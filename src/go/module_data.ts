import { MapauditError } from '../base/errors.ts';
import { view } from '../binary/elf/bounded_reader.ts';
import { type ElfFile, SHT_NOBITS } from '../binary/elf/elf_file.ts';
import { imageOf } from '../binary/elf/image.ts';
import { type FileAddr, fileAddr } from '../model/addr.ts';
import { moduleFields } from './versions/module_fields.ts';

/** What the runtime itself knows of the binary (runtime.firstmoduledata), in the file's addresses. */
export interface ModuleData {
  readonly address: FileAddr;
  /** Start of Go's code: in an externally linked program not that of section .text. */
  readonly text: FileAddr;
  readonly etext: FileAddr;
  readonly types: FileAddr;
  readonly etypes: FileAddr;
  readonly gofunc: FileAddr;
  /** Addresses of type descriptors, where the release lists them. */
  readonly typelinks: { readonly address: FileAddr; readonly length: number } | undefined;
  /** Bytes of descriptors at `types`, where the release keeps them together. */
  readonly typedesclen: number | undefined;
}

const MAX_SECTION = 1 << 28;
const LARGEST_FIELD = 400;

/**
 * Finds moduledata without symbols: from 1.26 on it has a section of its own; before, it is the place in the
 * data whose first word is the address of the pclntab.
 */
export function readModuleData(elf: ElfFile, pclntab: FileAddr, minor: number): ModuleData {
  const own = elf.section('.go.module');
  const address = own === undefined ? findByPclntab(elf, pclntab) : own.address;
  const bytes = address === undefined ? undefined : imageOf(elf).read(address, LARGEST_FIELD);
  if (address === undefined || bytes === undefined) throw missing(elf);
  const fields = moduleFields(minor);
  const words = view(bytes);
  const at = (offset: number): FileAddr => fileAddr(Number(words.getBigUint64(offset, true)));
  const found: ModuleData = {
    address,
    text: at(fields.text),
    etext: at(fields.etext),
    types: at(fields.types),
    etypes: at(fields.etypes),
    gofunc: at(fields.gofunc),
    typelinks:
      fields.typelinks === undefined
        ? undefined
        : { address: at(fields.typelinks), length: Number(words.getBigUint64(fields.typelinks + 8, true)) },
    typedesclen: fields.typedesclen === undefined ? undefined : at(fields.typedesclen),
  };
  if (at(0) !== pclntab || found.text >= found.etext || found.types >= found.etypes) throw missing(elf);
  return found;
}

function findByPclntab(elf: ElfFile, pclntab: FileAddr): FileAddr | undefined {
  const candidates = elf.sections.filter(
    (s) => s.address !== 0 && s.type !== SHT_NOBITS && s.size <= MAX_SECTION && isDataSection(s.name),
  );
  const places = candidates.length > 0 ? candidates : elf.segments.filter((s) => s.writable).map(asPlace);
  const image = imageOf(elf);
  for (const place of places) {
    const bytes = image.read(place.address, place.size);
    const at = bytes === undefined ? undefined : findWord(bytes, pclntab);
    if (at !== undefined) return fileAddr(place.address + at);
  }
  return undefined;
}

const isDataSection = (name: string): boolean => ['.noptrdata', '.data', '.data.rel.ro'].includes(name);

const asPlace = (s: { address: FileAddr; fileSize: number }): { address: FileAddr; size: number } => ({
  address: s.address,
  size: s.fileSize,
});

/** Offset of the first 8-aligned word with a value. */
function findWord(bytes: Uint8Array, value: number): number | undefined {
  const words = view(bytes);
  const low = value % 2 ** 32;
  const high = Math.floor(value / 2 ** 32);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    if (words.getUint32(at, true) === low && words.getUint32(at + 4, true) === high) return at;
  }
  return undefined;
}

function missing(elf: ElfFile): MapauditError {
  return new MapauditError('no-moduledata', `${elf.source.name}: the runtime's module data was not found`, {
    hint: 'The binary is damaged, packed or obfuscated; audit the program as the Go linker made it.',
  });
}
