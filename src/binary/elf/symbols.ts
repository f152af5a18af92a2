import { type FileAddr, fileAddr } from '../../model/addr.ts';
import { BoundedReader, corrupt, view } from './bounded_reader.ts';
import { cString, type ElfFile, SHT_SYMTAB } from './elf_file.ts';

/** A named address. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: FileAddr;
  readonly size: number;
}

const ENTRY = 24;
const MAX_TABLE = 1 << 29;

/** The symbol table; empty for a stripped file. */
export function readSymbols(elf: ElfFile): ElfSymbol[] {
  const table = elf.sections.find((s) => s.type === SHT_SYMTAB);
  const strings = table === undefined ? undefined : elf.sections[table.link];
  if (table === undefined || strings === undefined) return [];
  if (table.size > MAX_TABLE || strings.size > MAX_TABLE)
    throw corrupt(elf.source.name, table.offset, `symbol table of ${table.size} bytes`);
  const reader = new BoundedReader(elf.source);
  const entries = view(reader.bytes(table.offset, table.size));
  const names = reader.bytes(strings.offset, strings.size);
  const found: ElfSymbol[] = [];
  for (let at = 0; at + ENTRY <= entries.byteLength; at += ENTRY) {
    const name = cString(names, entries.getUint32(at, true));
    const address = fileAddr(Number(entries.getBigUint64(at + 8, true)));
    if (name !== '') found.push({ name, address, size: Number(entries.getBigUint64(at + 16, true)) });
  }
  return found;
}
