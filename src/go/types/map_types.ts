import { view } from '../../binary/elf/bounded_reader.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { ModuleData } from '../module_data.ts';
import { KIND, KIND_MASK } from './kinds.ts';

const MAX_TYPES = 1 << 28;
const SMALLEST_MAP_TYPE = 88;
/** Looked at in one go; a descriptor may reach into the next block. */
const BLOCK = 1 << 18;

/**
 * The map types of a binary, in the file's addresses. The runtime's own lists leave out named types and some
 * of generic code, so the whole range of types is looked through for what can only be a map's descriptor:
 * its kind, a pointer's size, and key, element and group types that lie in the same range.
 */
export function findMapTypes(image: ByteSource, { types, etypes }: ModuleData): FileAddr[] {
  const isType = (address: number): boolean =>
    address >= types && address + 48 <= etypes && address % 8 === 0 && plausible(image.read(address, 24));
  const found: FileAddr[] = [];
  for (let start: number = types; start < Math.min(etypes, types + MAX_TYPES); start += BLOCK) {
    const bytes = image.read(start, Math.min(BLOCK + SMALLEST_MAP_TYPE, etypes - start));
    if (bytes === undefined) continue;
    const data = view(bytes);
    for (const at of pointerSized(bytes)) {
      if (((bytes[at + 23] ?? 0) & KIND_MASK) !== KIND.map) continue;
      const fields = [48, 56, 64].map((field) => Number(data.getBigUint64(at + field, true)));
      if (fields.every(isType)) found.push(fileAddr(start + at));
    }
  }
  return found;
}

/**
 * Where two words are 8: the descriptor of a type of one pointer says that its size is 8, of which 8 bytes
 * may hold pointers. The range has the program's constants too, tens of megabytes: this loop is all that
 * looks at each word.
 */
function pointerSized(bytes: Uint8Array): number[] {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  const end = Math.min(BLOCK / 4 - 1, words.length - SMALLEST_MAP_TYPE / 4);
  const found: number[] = [];
  for (let i = 0; i <= end; i += 2)
    if (words[i] === 8 && words[i + 2] === 8 && words[i + 1] === 0 && words[i + 3] === 0) found.push(i * 4);
  return found;
}

/** A kind that exists, and alignments that are powers of two. */
function plausible(head: Uint8Array | undefined): boolean {
  if (head === undefined) return false;
  const kind = (head[23] ?? 0) & KIND_MASK;
  return kind >= KIND.bool && kind <= KIND.unsafePointer && [1, 2, 4, 8, 16].includes(head[21] ?? 0);
}
