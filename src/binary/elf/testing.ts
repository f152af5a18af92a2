/** What a small ELF file for tests holds. */
export interface ElfPicture {
  /** Contents by name, one byte a character. */
  readonly sections: Readonly<Record<string, string>>;
  readonly pie?: boolean;
  /** Where the one segment begins. */
  readonly base?: number;
  /** Names in the symbol table. */
  readonly symbols?: readonly string[];
}

const HEADER = 64;
const PROGRAM_HEADER = 56;
const SECTION_HEADER = 64;

/** An ELF file for x86-64 with one segment that holds all sections. Sections called `.rela…` hold relocations. */
export function makeElf({ sections, pie = false, base = 0x400000, symbols }: ElfPicture): Uint8Array {
  const named = Object.entries({ ...sections, ...symbolTable(symbols), '.shstrtab': '' });
  const names = `\0${named.map(([name]) => `${name}\0`).join('')}`;
  const contents = named.map(([name, text]) => (name === '.shstrtab' ? names : text));
  let end = HEADER + PROGRAM_HEADER;
  const offsets = contents.map((text) => {
    const at = Math.ceil(end / 8) * 8;
    end = at + text.length;
    return at;
  });
  const table = Math.ceil(end / 8) * 8;
  const bytes = new Uint8Array(table + (named.length + 1) * SECTION_HEADER);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, pie ? 3 : 2, true);
  view.setUint16(18, 62, true);
  view.setBigUint64(32, BigInt(HEADER), true);
  view.setBigUint64(40, BigInt(table), true);
  view.setUint16(54, PROGRAM_HEADER, true);
  view.setUint16(56, 1, true);
  view.setUint16(58, SECTION_HEADER, true);
  view.setUint16(60, named.length + 1, true);
  view.setUint16(62, named.length, true);
  writeSegment(view, base, end);
  named.forEach(([name], i) => {
    const text = contents[i] ?? '';
    const at = offsets[i] ?? 0;
    bytes.set(
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
      at,
    );
    const header = table + (i + 1) * SECTION_HEADER;
    view.setUint32(header, names.indexOf(`\0${name}\0`) + 1, true);
    view.setUint32(header + 4, name.startsWith('.rela') ? 4 : name === '.symtab' ? 2 : 1, true);
    view.setBigUint64(header + 16, BigInt(base + at), true);
    view.setBigUint64(header + 24, BigInt(at), true);
    view.setBigUint64(header + 32, BigInt(text.length), true);
    if (name === '.symtab') view.setUint32(header + 40, i + 2, true);
  });
  return bytes;
}

/** Symbols at address 0, and behind them their names. */
function symbolTable(symbols: readonly string[] | undefined): Readonly<Record<string, string>> {
  if (symbols === undefined) return {};
  let names = '\0';
  const entries = symbols.map((name) => {
    const at = names.length;
    names += `${name}\0`;
    return String.fromCharCode(at & 0xff, at >> 8) + '\0'.repeat(22);
  });
  return { '.symtab': entries.join(''), '.strtab': names };
}

function writeSegment(view: DataView, base: number, size: number): void {
  view.setUint32(HEADER, 1, true);
  view.setUint32(HEADER + 4, 7, true);
  view.setBigUint64(HEADER + 16, BigInt(base), true);
  view.setBigUint64(HEADER + 32, BigInt(size), true);
  view.setBigUint64(HEADER + 40, BigInt(size), true);
}
