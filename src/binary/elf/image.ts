import { type Bias, bias, fileAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { view } from './bounded_reader.ts';
import { type ElfFile, PT_LOAD, SHT_RELA } from './elf_file.ts';

const R_X86_64_RELATIVE = 8;
const RELA = 24;
const MAX_RELOCATIONS = 1 << 28;

/**
 * The file as it lies in memory with bias 0, by FileAddr: pointers that the loader fills in are filled in.
 * What the file does not hold (.bss) cannot be read.
 */
export function imageOf(elf: ElfFile): ByteSource {
  let relocations: Map<number, bigint> | undefined;
  return {
    name: elf.source.name,
    read(position, length) {
      const bytes = elf.read(fileAddr(position), length);
      if (bytes === undefined || !elf.isPie) return bytes;
      relocations ??= readRelocations(elf);
      return relocations.size === 0 ? bytes : patched(bytes, position, relocations);
    },
  };
}

/**
 * RELATIVE relocations by address, where the addend is not in place already (Go's own linker and GNU ld put
 * it there; others may not). Empty when the first ones show that all are in place.
 */
function readRelocations(elf: ElfFile): Map<number, bigint> {
  const found = new Map<number, bigint>();
  for (const section of elf.sections) {
    if (section.type !== SHT_RELA || section.size > MAX_RELOCATIONS) continue;
    const bytes = elf.source.read(section.offset, section.size);
    if (bytes === undefined) continue;
    const table = view(bytes);
    for (let at = 0; at + RELA <= bytes.length; at += RELA) {
      if (table.getUint32(at + 8, true) !== R_X86_64_RELATIVE) continue;
      const address = Number(table.getBigUint64(at, true));
      const addend = table.getBigInt64(at + 16, true);
      const inPlace = elf.read(fileAddr(address), 8);
      if (inPlace === undefined || view(inPlace).getBigInt64(0, true) === addend) {
        if (at > 64 * RELA && found.size === 0) break;
        continue;
      }
      found.set(address, addend);
    }
  }
  return found;
}

function patched(bytes: Uint8Array, position: number, relocations: ReadonlyMap<number, bigint>): Uint8Array {
  const copy = bytes.slice();
  const target = view(copy);
  for (let at = (8 - (position % 8)) % 8; at + 8 <= copy.length; at += 8) {
    const addend = relocations.get(position + at);
    if (addend !== undefined) target.setBigInt64(at, addend, true);
  }
  return copy;
}

/**
 * The file as the loader laid it out with this bias, by run-time addresses. What of it the program has written
 * since is not seen.
 */
export function loadedImage(elf: ElfFile, loadBias: Bias): ByteSource {
  const image = imageOf(elf);
  let relocated: Float64Array | undefined;
  return {
    name: elf.source.name,
    read(position, length) {
      const bytes = position < loadBias ? undefined : image.read(position - loadBias, length);
      if (bytes === undefined || !elf.isPie) return bytes;
      relocated ??= relocatedAddresses(elf);
      return moved(bytes, position - loadBias, relocated, loadBias);
    },
  };
}

/** Addresses of the words that the loader adds the bias to, in ascending order. */
function relocatedAddresses(elf: ElfFile): Float64Array {
  const found: number[] = [];
  for (const section of elf.sections) {
    if (section.type !== SHT_RELA || section.size > MAX_RELOCATIONS) continue;
    const bytes = elf.source.read(section.offset, section.size);
    if (bytes === undefined) continue;
    const table = view(bytes);
    for (let at = 0; at + RELA <= bytes.length; at += RELA)
      if (table.getUint32(at + 8, true) === R_X86_64_RELATIVE)
        found.push(table.getUint32(at, true) + table.getUint32(at + 4, true) * 2 ** 32);
  }
  return Float64Array.from(found).sort();
}

function moved(bytes: Uint8Array, position: number, relocated: Float64Array, loadBias: number): Uint8Array {
  const copy = bytes.slice();
  const target = view(copy);
  for (let i = firstAtLeast(relocated, position); i < relocated.length; i++) {
    const at = (relocated[i] ?? 0) - position;
    if (at + 8 > copy.length) break;
    target.setBigUint64(at, target.getBigUint64(at, true) + BigInt(loadBias), true);
  }
  return copy;
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the addresses of the file end. */
export function imageEnd(elf: ElfFile): number {
  const ends = elf.segments.filter((s) => s.type === PT_LOAD).map((s) => s.address + s.memorySize);
  return Math.max(0, ...ends);
}

/** A mapping of the file into a process. */
export interface ImageMapping {
  readonly start: number;
  readonly fileOffset: number;
}

const PAGE = 4096;

/**
 * What the loader added to each address, told by where it mapped the file; undefined when none of the
 * mappings is one of the file's segments. The first segment may begin at 0x400000 in a PIE too (Go's own
 * linker), so a mapping's start alone says nothing.
 */
export function biasOf(elf: ElfFile, mappings: readonly ImageMapping[]): Bias | undefined {
  if (!elf.isPie) return bias(0);
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD) continue;
    const offset = segment.offset - (segment.offset % PAGE);
    const mapping = mappings.find((m) => m.fileOffset === offset);
    if (mapping !== undefined) return bias(mapping.start - (segment.address - (segment.address % PAGE)));
  }
  return undefined;
}
