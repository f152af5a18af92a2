import { makeElf } from '../../binary/elf/testing.ts';
import { type ElfFile, parseElf } from '../../binary/elf/elf_file.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { Bytes } from '../testing.ts';
import { MAGIC_118, MAGIC_120 } from './locate.ts';

/** A value up to an offset from the function's start: `[4, 10]` is 10 for the offsets below 4. */
export type Run = readonly [until: number, value: number];

/** A call that the compiler has put in place of the call: its function, and where in the outer function it was. */
export interface FakeCall {
  readonly name: string;
  readonly parentPc: number;
}

/** A function as the linker describes it. */
export interface FakeFunction {
  readonly name: string;
  readonly size: number;
  /** Numbers of files, counted from the first one. */
  readonly files?: readonly Run[];
  readonly lines?: readonly Run[];
  /** Which of `calls` an instruction belongs to; -1: none. */
  readonly inlined?: readonly Run[];
  readonly calls?: readonly FakeCall[];
}

/** A table of functions, in the layout of Go 1.18 and 1.19 or in that of 1.20 and later. */
export interface TablePicture {
  readonly layout: 'go1.18' | 'go1.20';
  readonly functions: readonly FakeFunction[];
  readonly files?: readonly string[];
}

const HEADER = 72;
const ABSENT = 0xffffffff;

/** The table's bytes, and those at moduledata.gofunc: the inline trees. */
export function makePclntab({ layout, functions, files = [] }: TablePicture): {
  readonly table: Uint8Array;
  readonly gofunc: Uint8Array;
} {
  const isOld = layout === 'go1.18';
  const names = new Bytes().u8(0);
  const nameOffsets = new Map<string, number>();
  const nameOffset = (name: string): number => {
    const known = nameOffsets.get(name) ?? names.length;
    if (!nameOffsets.has(name)) names.text(name).u8(0);
    nameOffsets.set(name, known);
    return known;
  };
  const fileNames = new Bytes().u8(0);
  const units = new Bytes();
  for (const file of files) {
    units.u32(fileNames.length);
    fileNames.text(file).u8(0);
  }
  const pctab = new Bytes().u8(0);
  const gofunc = new Bytes();
  const table = (runs: readonly Run[] | undefined): number => {
    if (runs === undefined) return 0;
    const at = pctab.length;
    pctab.append(pcTable(runs));
    return at;
  };
  const tree = (calls: readonly FakeCall[] | undefined): number => {
    if (calls === undefined) return ABSENT;
    const at = gofunc.length;
    for (const { name, parentPc } of calls)
      if (isOld) gofunc.u16(0xffff).u16(0).u32(0, 0, nameOffset(name), parentPc);
      else gofunc.u32(0, nameOffset(name), parentPc, 1);
    return at;
  };
  const records = new Bytes();
  const entries = new Bytes();
  const recordsAt = 8 * functions.length + 8;
  let entry = 0;
  for (const { name, size, files: fileRuns, lines, inlined, calls } of functions) {
    entries.u32(entry, recordsAt + records.length);
    records.u32(entry, nameOffset(name), 0, 0, 0, table(fileRuns), table(lines));
    records.u32(3, 0);
    if (!isOld) records.u32(1);
    records.u8(0, 0, 0, 4);
    records.u32(0, 0, table(inlined), ABSENT, ABSENT, ABSENT, tree(calls));
    entry += size;
  }
  entries.u32(entry, 0);
  const parts = [names, units, fileNames, pctab, entries.append(records.done())];
  const header = new Bytes().u32(isOld ? MAGIC_118 : MAGIC_120).u8(0, 0, 1, 8);
  header.u64(functions.length, files.length, 0);
  const body = new Bytes();
  for (const part of parts) {
    header.u64(HEADER + body.length);
    body.append(part.done()).align(8);
  }
  return { table: header.append(body.done()).done(), gofunc: gofunc.done() };
}

/** A pc-value table as the linker writes it: pairs of a zig-zag coded change of the value and a change of the pc. */
export function pcTable(runs: readonly Run[]): Uint8Array {
  const bytes = new Bytes();
  let [pc, before] = [0, -1];
  for (const [until, value] of runs) {
    const change = value - before;
    bytes.varint(change < 0 ? ((-change - 1) << 1) | 1 : change << 1).varint(until - pc);
    [pc, before] = [until, value];
  }
  return bytes.u8(0).done();
}

/** An ELF file that has these bytes as its table of functions. */
export function elfWithTable(table: Uint8Array, section = '.gopclntab'): ElfFile {
  const text = new Bytes().append(table).section();
  return parseElf(bufferSource(makeElf({ sections: { '.text': 'code', [section]: text } })));
}
