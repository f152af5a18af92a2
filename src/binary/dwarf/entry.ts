import type { Abbrev } from './abbrev.ts';
import { AT, FORM } from './constants.ts';
import { Cursor } from './cursor.ts';
import type { Dwarf, Unit } from './dwarf.ts';
import type { RawValue } from './forms.ts';

/** An entry of .debug_info with its attributes. What it does not have, or has in a form that does not fit, is undefined. */
export class Entry {
  readonly dwarf: Dwarf;
  readonly unit: Unit;
  readonly offset: number;
  /** Behind the attributes: where the first child, or the next entry, stands. */
  readonly next: number;
  readonly #abbrev: Abbrev;
  readonly #values: readonly RawValue[];

  constructor(
    dwarf: Dwarf,
    unit: Unit,
    offset: number,
    next: number,
    abbrev: Abbrev,
    values: readonly RawValue[],
  ) {
    this.dwarf = dwarf;
    this.unit = unit;
    this.offset = offset;
    this.next = next;
    this.#abbrev = abbrev;
    this.#values = values;
  }

  get tag(): number {
    return this.#abbrev.tag;
  }

  get hasChildren(): boolean {
    return this.#abbrev.hasChildren;
  }

  get name(): string | undefined {
    return this.text(AT.name);
  }

  /** The number as it stands there, whatever it means. */
  raw(name: number): number | undefined {
    const value = this.#value(name);
    return value?.kind === 'number' ? value.value : undefined;
  }

  /** True for a flag that is set. */
  flag(name: number): boolean {
    return (this.raw(name) ?? 0) !== 0;
  }

  text(name: number): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value.kind === 'block') return undefined;
    if (value.kind === 'text') return value.value;
    const { sections } = this.dwarf;
    if (value.form === FORM.strp) return new Cursor('.debug_str', sections.bytes('str'), value.value).text();
    if (value.form === FORM.lineStrp)
      return new Cursor('.debug_line_str', sections.bytes('line_str'), value.value).text();
    if (!isStringIndex(value.form)) return undefined;
    const { strOffsets } = this.dwarf.bases(this.unit);
    const { offsetSize } = this.unit;
    const at = strOffsets + value.value * offsetSize;
    const offset = new Cursor('.debug_str_offsets', sections.bytes('str_offsets'), at).uint(offsetSize);
    return new Cursor('.debug_str', sections.bytes('str'), offset).text();
  }

  /** An address, given itself or by index. */
  address(name: number): number | undefined {
    const value = this.#value(name);
    if (value?.kind !== 'number') return undefined;
    if (value.form === FORM.addr) return value.value;
    return isAddressIndex(value.form) ? this.addressByIndex(value.value) : undefined;
  }

  /** The address with that index in the unit's part of .debug_addr. */
  addressByIndex(index: number): number {
    return addressByIndex(this.dwarf, this.unit, index);
  }

  /** The end of the code that begins at `lowPc`: an address, or a length. */
  highPc(lowPc: number): number | undefined {
    const value = this.#value(AT.highPc);
    if (value?.kind !== 'number') return undefined;
    return this.address(AT.highPc) ?? lowPc + value.value;
  }

  /** The offset of the entry that is referred to; references into other files are undefined. */
  reference(name: number): number | undefined {
    const value = this.#value(name);
    if (value?.kind !== 'number') return undefined;
    if (value.form === FORM.refAddr) return value.value;
    return UNIT_REFERENCES.has(value.form) ? this.unit.start + value.value : undefined;
  }

  /** The entry that is referred to. */
  referred(name: number): Entry | undefined {
    const offset = this.reference(name);
    return offset === undefined ? undefined : this.dwarf.entry(offset);
  }

  /** An expression or another run of bytes. */
  block(name: number): Uint8Array | undefined {
    const value = this.#value(name);
    return value?.kind === 'block' ? value.value : undefined;
  }

  /** An offset in the section of lists, given itself or by index. */
  listOffset(name: number, section: 'loclists' | 'rnglists'): number | undefined {
    const value = this.#value(name);
    if (value?.kind !== 'number') return undefined;
    if (value.form !== FORM.loclistx && value.form !== FORM.rnglistx) return value.value;
    const base = this.dwarf.bases(this.unit)[section];
    const { offsetSize } = this.unit;
    const bytes = this.dwarf.sections.bytes(section);
    return base + new Cursor(`.debug_${section}`, bytes, base + value.value * offsetSize).uint(offsetSize);
  }

  #value(name: number): RawValue | undefined {
    const index = this.#abbrev.names.indexOf(name);
    return index < 0 ? undefined : this.#values[index];
  }
}

/** The address with an index in a unit's part of .debug_addr. */
export function addressByIndex(dwarf: Dwarf, unit: Unit, index: number): number {
  const at = dwarf.bases(unit).addr + index * unit.addressSize;
  return new Cursor('.debug_addr', dwarf.sections.bytes('addr'), at).uint(unit.addressSize);
}

const UNIT_REFERENCES: ReadonlySet<number> = new Set([
  FORM.ref1,
  FORM.ref2,
  FORM.ref4,
  FORM.ref8,
  FORM.refUdata,
]);

const isStringIndex = (form: number): boolean =>
  form === FORM.strx || (form >= FORM.strx1 && form <= FORM.strx4);

const isAddressIndex = (form: number): boolean =>
  form === FORM.addrx || (form >= FORM.addrx1 && form <= FORM.addrx4);
