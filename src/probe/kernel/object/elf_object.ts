import { MapauditError } from '../../../base/errors.ts';

/** A section of an eBPF object. */
export interface ObjectSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly index: number;
}

/** A symbol: where something begins in a section. */
export interface ObjectSymbol {
  readonly name: string;
  readonly section: number;
  readonly value: number;
}

/** An instruction that refers to a symbol. */
export interface Relocation {
  /** Of the instruction in its section, in bytes. */
  readonly offset: number;
  readonly symbol: ObjectSymbol;
}

/** What clang made of bpf/mapaudit.bpf.c. */
export interface ElfObject {
  readonly sections: readonly ObjectSection[];
  readonly symbols: readonly ObjectSymbol[];
  section(name: string): ObjectSection;
  relocationsOf(section: ObjectSection): readonly Relocation[];
}

const EM_BPF = 247;
const ET_REL = 1;
const SHT_SYMTAB = 2;
const SHT_REL = 9;
const R_BPF_64_64 = 1;

interface Header {
  readonly name: number;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
}

/** Reads a relocatable eBPF object. It is our own file: anything unexpected means a broken installation. */
export function parseElfObject(bytes: Uint8Array): ElfObject {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46) throw broken('it is no ELF file');
  if (view.getUint16(16, true) !== ET_REL || view.getUint16(18, true) !== EM_BPF)
    throw broken('it is no eBPF object');
  const headers = readHeaders(view);
  const names = headers[view.getUint16(62, true)];
  const content = (h: Header): Uint8Array => bytes.subarray(h.offset, h.offset + h.size);
  const nameAt = (table: Header | undefined, at: number): string =>
    table === undefined ? '' : cString(content(table), at);
  const sections = headers.map((h, index) => ({ name: nameAt(names, h.name), bytes: content(h), index }));
  const symbols = readSymbols(view, headers, nameAt);
  return {
    sections,
    symbols,
    section(name) {
      const found = sections.find((s) => s.name === name);
      if (found === undefined) throw broken(`it has no section ${name}`);
      return found;
    },
    relocationsOf(section) {
      const header = headers.find((h) => h.type === SHT_REL && h.info === section.index);
      return header === undefined ? [] : readRelocations(view, header, symbols);
    },
  };
}

function broken(why: string): MapauditError {
  return new MapauditError('broken-install', `mapaudit's eBPF object cannot be used: ${why}`, {
    hint: 'Install mapaudit again.',
  });
}

/** All sections, none of which reaches beyond the file. */
function readHeaders(view: DataView): Header[] {
  const start = Number(view.getBigUint64(40, true));
  const size = view.getUint16(58, true);
  const length = view.getUint16(60, true);
  if (size < 64 || start + length * size > view.byteLength) throw broken('it was cut off');
  const headers = Array.from({ length }, (_, i) => {
    const at = start + i * size;
    return {
      name: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
    };
  });
  if (headers.some((h) => h.offset + h.size > view.byteLength)) throw broken('it was cut off');
  return headers;
}

function readSymbols(
  view: DataView,
  headers: readonly Header[],
  nameAt: (table: Header | undefined, at: number) => string,
): ObjectSymbol[] {
  const table = headers.find((h) => h.type === SHT_SYMTAB);
  if (table === undefined) throw broken('it has no symbols');
  return Array.from({ length: table.size / 24 }, (_, i) => {
    const at = table.offset + i * 24;
    return {
      name: nameAt(headers[table.link], view.getUint32(at, true)),
      section: view.getUint16(at + 6, true),
      value: Number(view.getBigUint64(at + 8, true)),
    };
  });
}

function readRelocations(view: DataView, header: Header, symbols: readonly ObjectSymbol[]): Relocation[] {
  return Array.from({ length: header.size / 16 }, (_, i) => {
    const at = header.offset + i * 16;
    const type = view.getUint32(at + 8, true);
    const symbol = symbols[view.getUint32(at + 12, true)];
    if (type !== R_BPF_64_64 || symbol === undefined) throw broken(`relocation of type ${type}`);
    return { offset: Number(view.getBigUint64(at, true)), symbol };
  });
}

function cString(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  return new TextDecoder().decode(bytes.subarray(at, end < 0 ? bytes.length : end));
}
