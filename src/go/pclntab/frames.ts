import { view } from '../../binary/elf/bounded_reader.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { FunctionRecord, Pclntab } from './pclntab.ts';

/** One line of a stack trace. */
export interface Frame {
  readonly function: string;
  /** `?` where it is not known. */
  readonly file: string;
  /** 0 where it is not known. */
  readonly line: number;
  /** The function was inlined into the next frame. */
  readonly inlined: boolean;
}

/** Deeper than any compiler inlines. */
const MAX_DEPTH = 64;

/** An entry of an inline tree: what was inlined, and where in the function it was called. */
interface InlinedCall {
  readonly nameOffset: number;
  readonly parentPc: number;
}

/**
 * The frames at an instruction, innermost first; all but the last are inlined calls. Empty where no function
 * is. For a return address ask with the address before it: the call may be the last thing on its line.
 *
 * Each inlined frame's file and line are those of the pc at hand; the pc then moves to the place in the same
 * function from which it was called. go1.26.8 src/runtime/symtabinl.go, inlineUnwinder.
 */
export function framesAt(table: Pclntab, image: ByteSource, gofunc: FileAddr, pc: FileAddr): Frame[] {
  const record = table.record(pc);
  if (record === undefined) return [];
  const frames: Frame[] = [];
  let at = pc;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const call = inlinedAt(table, image, gofunc, record, at);
    if (call === undefined) break;
    frames.push({ function: table.nameAt(call.nameOffset), ...lineAt(table, record, at), inlined: true });
    at = fileAddr(record.start + call.parentPc);
  }
  frames.push({ function: table.nameAt(record.nameOffset), ...lineAt(table, record, at), inlined: false });
  return frames;
}

function inlinedAt(
  table: Pclntab,
  image: ByteSource,
  gofunc: FileAddr,
  record: FunctionRecord,
  pc: FileAddr,
): InlinedCall | undefined {
  if (record.inlineTree === undefined || record.pcInlineIndex === 0) return undefined;
  const index = table.valueAt(record.pcInlineIndex, record.start, pc);
  if (index === undefined || index < 0) return undefined;
  // inlinedCall: 20 bytes with the parent's index up to 1.19, 16 bytes since.
  const size = table.isNew ? 16 : 20;
  const bytes = image.read(gofunc + record.inlineTree + index * size, size);
  if (bytes === undefined) return undefined;
  const words = view(bytes);
  return table.isNew
    ? { nameOffset: words.getInt32(4, true), parentPc: words.getInt32(8, true) }
    : { nameOffset: words.getInt32(12, true), parentPc: words.getInt32(16, true) };
}

/** `?` and 0 where the table does not know it: go1.26.8 src/runtime/symtab.go, funcline1. */
function lineAt(table: Pclntab, record: FunctionRecord, pc: FileAddr): { file: string; line: number } {
  const file = table.file(record, table.valueAt(record.pcfile, record.start, pc) ?? -1);
  const line = table.valueAt(record.pcln, record.start, pc) ?? -1;
  return file === undefined || line < 0 ? { file: '?', line: 0 } : { file, line };
}
