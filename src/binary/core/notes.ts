import { view } from '../elf/bounded_reader.ts';
import { coreCorrupt } from './errors.ts';

/** One note of a core file: elf.h, Elf64_Nhdr. */
export interface Note {
  /** Who defined the type: `CORE`, `LINUX`. */
  readonly owner: string;
  readonly type: number;
  readonly content: Uint8Array;
  /** Where the content stands in the file. */
  readonly offset: number;
}

const HEADER = 12;

/**
 * The notes of a PT_NOTE segment that stands at `offset` of the file. Errors: `core-corrupt` for a note that
 * claims more than the segment holds.
 */
export function* notesIn(bytes: Uint8Array, offset: number, name: string): Generator<Note> {
  const words = view(bytes);
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const ownerSize = words.getUint32(at, true);
    const size = words.getUint32(at + 4, true);
    const type = words.getUint32(at + 8, true);
    const start = at + HEADER + padded(ownerSize);
    if (start + size > bytes.length)
      throw coreCorrupt(name, offset + at, `a note of ${ownerSize} and ${size} bytes`);
    const owner = new TextDecoder().decode(bytes.subarray(at + HEADER, at + HEADER + ownerSize));
    yield {
      owner: owner.replace(/\0.*$/s, ''),
      type,
      content: bytes.subarray(start, start + size),
      offset: offset + start,
    };
    at = start + padded(size);
  }
}

const padded = (size: number): number => Math.ceil(size / 4) * 4;
