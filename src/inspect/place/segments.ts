import { view } from '../../binary/elf/bounded_reader.ts';
import { segmentFields, type SegmentFields } from '../../go/versions/module_segments.ts';
import { type Addr, addr, toAddr } from '../../model/addr.ts';
import { wordAt } from './place.ts';
import type { Program } from './program.ts';

/** A part of the program's variables in memory. */
export interface Segment {
  readonly name: 'data' | 'bss';
  readonly start: Addr;
  readonly bytes: Uint8Array;
  /** One bit a word: whether it is a pointer. */
  readonly mask: Uint8Array;
}

const MAX_SEGMENT = 1 << 28;

/** The segments with pointers, as the running program's moduledata tells them. */
export function pointerSegments(program: Program): readonly Segment[] {
  const module = toAddr(program.binary.moduleData.address, program.bias);
  return segmentFields(program.binary.version).flatMap(
    (fields) => readSegment(program, module, fields) ?? [],
  );
}

function readSegment(program: Program, module: Addr, fields: SegmentFields): Segment | undefined {
  const { memory } = program;
  const start = wordAt(memory, module + fields.start);
  const end = wordAt(memory, module + fields.end);
  const vector = memory.read(module + fields.mask, 16);
  if (start === undefined || end === undefined || vector === undefined) return undefined;
  const words = view(vector).getInt32(0, true);
  const size = end - start;
  // The runtime makes a bit for each word: a mask of another length is not what it is taken for.
  if (size <= 0 || size > MAX_SEGMENT || words !== Math.floor(size / 8)) return undefined;
  const bits = Number(view(vector).getBigUint64(8, true));
  const mask = memory.read(bits, Math.ceil(words / 8))?.slice();
  const bytes = memory.read(start, size)?.slice();
  return mask === undefined || bytes === undefined
    ? undefined
    : { name: fields.name, start: addr(start), bytes, mask };
}

/** Whether the garbage collector takes a word of the segment for a pointer. */
export const isPointer = (mask: Uint8Array, word: number): boolean =>
  (((mask[word >> 3] ?? 0) >> (word & 7)) & 1) === 1;
