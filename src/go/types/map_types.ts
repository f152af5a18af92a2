import { view } from '../../binary/elf/bounded_reader.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { ModuleData } from '../module_data.ts';
import { KIND, KIND_MASK } from './kinds.ts';

const MAX_TYPES = 1 << 28;
const SMALLEST_MAP_TYPE = 88;

/**
 * The map types of a binary, in the file's addresses. The runtime's own lists leave out named types and some
 * of generic code, so the whole range of types is looked through for what can only be a map's descriptor:
 * its kind, a pointer's size, and key, element and group types that lie in the same range.
 */
export function findMapTypes(image: ByteSource, { types, etypes }: ModuleData): FileAddr[] {
  const length = etypes - types;
  const bytes = length > MAX_TYPES ? undefined : image.read(types, length);
  if (bytes === undefined) return [];
  const words = view(bytes);
  const isType = (address: number): boolean =>
    address >= types && address + 48 <= etypes && address % 8 === 0 && plausible(words, address - types);
  const pointer = (at: number): number => words.getUint32(at, true) + words.getUint32(at + 4, true) * 2 ** 32;
  const found: FileAddr[] = [];
  for (let at = 0; at + SMALLEST_MAP_TYPE <= bytes.length; at += 8) {
    if (((bytes[at + 23] ?? 0) & KIND_MASK) !== KIND.map) continue;
    // A map is one pointer: size 8, of which 8 bytes may hold pointers.
    if (words.getUint32(at, true) !== 8 || words.getUint32(at + 8, true) !== 8) continue;
    if (words.getUint32(at + 4, true) !== 0 || words.getUint32(at + 12, true) !== 0) continue;
    if ([48, 56, 64].every((field) => isType(pointer(at + field)))) found.push(fileAddr(types + at));
  }
  return found;
}

/** A kind that exists, and alignments that are powers of two. */
function plausible(words: DataView, at: number): boolean {
  const kind = words.getUint8(at + 23) & KIND_MASK;
  const align = words.getUint8(at + 21);
  return kind >= KIND.bool && kind <= KIND.unsafePointer && [1, 2, 4, 8, 16].includes(align);
}
