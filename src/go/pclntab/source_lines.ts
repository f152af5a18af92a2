import { view } from '../../binary/elf/bounded_reader.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { type Frame, framesAt } from './frames.ts';
import type { FunctionRecord, Pclntab } from './pclntab.ts';

/** Lines of a source file for which there is code, in order. */
export function linesOfFile(table: Pclntab, file: string): number[] {
  const lines = new Set<number>();
  const names = new Map<string, string | undefined>();
  for (let index = 0; index < table.functionCount; index++) {
    const record = table.recordOf(index);
    if (record !== undefined) addLines(table, record, file, lines, names);
  }
  return [...lines].sort((a, b) => a - b);
}

function addLines(
  table: Pclntab,
  record: FunctionRecord,
  file: string,
  lines: Set<number>,
  names: Map<string, string | undefined>,
): void {
  const nameOf = (number: number): string | undefined => {
    const key = `${record.cuOffset}:${number}`;
    if (!names.has(key)) names.set(key, table.file(record, number));
    return names.get(key);
  };
  const here = table.rangesOf(record.pcfile, record).filter(({ value }) => nameOf(value) === file);
  if (here.length === 0) return;
  for (const { start, end, value } of table.rangesOf(record.pcln, record))
    if (value > 0 && here.some((range) => start < range.end && range.start < end)) lines.add(value);
}

/**
 * Where a function was inlined: the frames at the place of each call, innermost first. At most `limit`
 * places: a small function can stand in thousands.
 */
export function placesInlined(
  table: Pclntab,
  image: ByteSource,
  gofunc: FileAddr,
  isMeant: (name: string) => boolean,
  limit: number,
): Frame[] {
  const found: Frame[] = [];
  for (let index = 0; index < table.functionCount && found.length < limit; index++) {
    const record = table.recordOf(index);
    if (record?.inlineTree === undefined || record.pcInlineIndex === 0) continue;
    const seen = new Set(table.rangesOf(record.pcInlineIndex, record).map(({ value }) => value));
    for (const call of seen) {
      const pc = call < 0 ? undefined : parentPc(table, image, gofunc, record, call, isMeant);
      const [caller] = pc === undefined ? [] : framesAt(table, image, gofunc, pc);
      if (caller !== undefined && found.length < limit) found.push(caller);
    }
  }
  return found;
}

/** The place in the function from which an inlined call was made, when it is one of those that are meant. */
function parentPc(
  table: Pclntab,
  image: ByteSource,
  gofunc: FileAddr,
  record: FunctionRecord,
  call: number,
  isMeant: (name: string) => boolean,
): FileAddr | undefined {
  const size = table.isNew ? 16 : 20;
  const bytes = image.read(gofunc + (record.inlineTree ?? 0) + call * size, size);
  if (bytes === undefined) return undefined;
  const words = view(bytes);
  const nameOffset = words.getInt32(table.isNew ? 4 : 12, true);
  const offset = words.getInt32(table.isNew ? 8 : 16, true);
  return isMeant(table.nameAt(nameOffset)) ? fileAddr(record.start + offset) : undefined;
}
