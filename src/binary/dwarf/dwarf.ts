import { MapauditError } from '../../base/errors.ts';
import type { ElfFile } from '../elf/elf_file.ts';
import { type Abbrev, type AbbrevTable, readAbbrevs } from './abbrev.ts';
import { AT } from './constants.ts';
import { Cursor } from './cursor.ts';
import { Entry } from './entry.ts';
import { readForm, skipForm } from './forms.ts';
import { DebugSections, type Inflate } from './sections.ts';
import { readUnitHeads, type UnitHead } from './unit.ts';

/** A unit with what its entries need. */
export interface Unit extends UnitHead {
  readonly index: number;
  readonly abbrevs: AbbrevTable;
}

/**
 * The debug information of a file, DWARF 2 to 5. Nothing is unpacked or read before it is asked for.
 * Offsets are those of .debug_info. Errors of all methods: `dwarf-corrupt`, `dwarf-unsupported`.
 */
export class Dwarf {
  readonly sections: DebugSections;
  #units: readonly Unit[] | undefined;
  readonly #abbrevs = new Map<number, AbbrevTable>();
  readonly #bases = new Map<number, UnitBases>();

  constructor(elf: ElfFile, inflate: Inflate) {
    this.sections = new DebugSections(elf, inflate);
  }

  /** Whether the file has debug information at all. */
  get present(): boolean {
    return this.sections.has('info') && this.sections.has('abbrev');
  }

  units(): readonly Unit[] {
    this.#units ??= readUnitHeads(this.sections.bytes('info')).map((head, index) => ({
      ...head,
      index,
      abbrevs: this.#abbrevsAt(head.abbrevOffset),
    }));
    return this.#units;
  }

  /** The unit that holds an offset. */
  unitAt(offset: number): Unit {
    const units = this.units();
    let low = 0;
    let high = units.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((units[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const unit = units[low];
    if (unit === undefined || offset < unit.first || offset >= unit.end)
      throw this.#cursor(0).corrupt(`no unit holds offset 0x${offset.toString(16)}`);
    return unit;
  }

  /** The entry at an offset; undefined where the end of a list of children stands. */
  entry(offset: number, unit: Unit = this.unitAt(offset)): Entry | undefined {
    const cursor = this.#cursor(offset, unit.end);
    const abbrev = readCode(cursor, unit);
    if (abbrev === undefined) return undefined;
    const values = abbrev.forms.map((form, i) => readForm(cursor, form, abbrev.implicit[i] ?? 0, unit));
    return new Entry(this, unit, offset, cursor.at, abbrev, values);
  }

  /** The children of an entry, in their order. */
  *children(parent: Entry): Generator<Entry> {
    if (!parent.hasChildren) return;
    for (let at = parent.next; at < parent.unit.end;) {
      const child = this.entry(at, parent.unit);
      if (child === undefined) return;
      yield child;
      at = this.#behind(child);
    }
  }

  /**
   * Walks over all entries of a unit in their order, without reading attributes. `visit` returns true to have
   * the entry's children walked over too.
   */
  walk(unit: Unit, visit: (tag: number, offset: number, depth: number) => boolean): void {
    const cursor = this.#cursor(unit.first, unit.end);
    let depth = 0;
    /** Children below this depth are passed over silently. */
    let silent = Infinity;
    while (cursor.at < unit.end) {
      const offset = cursor.at;
      const abbrev = readCode(cursor, unit);
      if (abbrev === undefined) {
        depth--;
        if (depth <= 0) return;
        continue;
      }
      if (depth <= silent) silent = visit(abbrev.tag, offset, depth) ? Infinity : depth;
      const { forms } = abbrev;
      for (const form of forms) skipForm(cursor, form, unit);
      if (abbrev.hasChildren) depth++;
      else if (depth === 0) return;
    }
  }

  /** The bases that a unit's own entry gives for indices into other sections. */
  bases(unit: Unit): UnitBases {
    const known = this.#bases.get(unit.start);
    if (known !== undefined) return known;
    // While the unit's own entry is read its bases are not known yet: those of a file with one unit stand in.
    this.#bases.set(unit.start, defaultBases(unit));
    const root = this.entry(unit.first, unit);
    const base = (name: number, otherwise: number): number => root?.raw(name) ?? otherwise;
    const usual = defaultBases(unit);
    const found = {
      addr: base(AT.addrBase, usual.addr),
      strOffsets: base(AT.strOffsetsBase, usual.strOffsets),
      loclists: base(AT.loclistsBase, usual.loclists),
      rnglists: base(AT.rnglistsBase, usual.rnglists),
    };
    this.#bases.set(unit.start, found);
    return found;
  }

  #cursor(at: number, end?: number): Cursor {
    return new Cursor('.debug_info', this.sections.bytes('info'), at, end);
  }

  #abbrevsAt(offset: number): AbbrevTable {
    const known = this.#abbrevs.get(offset);
    if (known !== undefined) return known;
    const table = readAbbrevs(this.sections.bytes('abbrev'), offset);
    this.#abbrevs.set(offset, table);
    return table;
  }

  /** The offset behind an entry and all its descendants. */
  #behind(entry: Entry): number {
    if (!entry.hasChildren) return entry.next;
    const { unit } = entry;
    const cursor = this.#cursor(entry.next, unit.end);
    for (let depth = 1; depth > 0;) {
      const abbrev = readCode(cursor, unit);
      if (abbrev === undefined) depth--;
      else {
        for (const form of abbrev.forms) skipForm(cursor, form, unit);
        if (abbrev.hasChildren) depth++;
      }
    }
    return cursor.at;
  }
}

/** Where a unit's parts of other sections begin. */
export interface UnitBases {
  readonly addr: number;
  readonly strOffsets: number;
  readonly loclists: number;
  readonly rnglists: number;
}

/** Right behind the head of the section's first table. */
function defaultBases({ offsetSize }: UnitHead): UnitBases {
  const head = offsetSize === 8 ? 16 : 8;
  return { addr: head, strOffsets: head, loclists: head + 4, rnglists: head + 4 };
}

/** Undefined for code 0, the end of a list of children. */
function readCode(cursor: Cursor, unit: Unit): Abbrev | undefined {
  const code = cursor.uleb();
  if (code === 0) return undefined;
  const abbrev = unit.abbrevs.get(code);
  if (abbrev === undefined) throw cursor.corrupt(`abbreviation ${code} is not defined`);
  return abbrev;
}

/** The debug information of a file. Error: `no-dwarf` when it has none. */
export function openDwarf(elf: ElfFile, inflate: Inflate): Dwarf {
  const dwarf = new Dwarf(elf, inflate);
  if (!dwarf.present)
    throw new MapauditError('no-dwarf', `${elf.source.name} has no debug information`, {
      hint: 'It was built with -ldflags=-w or stripped; build it without, or name the map by its address.',
    });
  return dwarf;
}
