import { FORM } from './constants.ts';
import { Cursor } from './cursor.ts';

/** What entries of one code look like: the tag, and attributes with their forms. */
export interface Abbrev {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly names: readonly number[];
  readonly forms: readonly number[];
  /** Values of DW_FORM_implicit_const by position; 0 elsewhere. */
  readonly implicit: readonly number[];
}

/** Abbreviations by code. */
export type AbbrevTable = ReadonlyMap<number, Abbrev>;

/** More than any compiler makes. */
const MAX_CODES = 1 << 20;
const MAX_ATTRIBUTES = 1 << 10;

/** The table at an offset of .debug_abbrev. Error: `dwarf-corrupt`. */
export function readAbbrevs(bytes: Uint8Array, offset: number): AbbrevTable {
  const cursor = new Cursor('.debug_abbrev', bytes, offset);
  const table = new Map<number, Abbrev>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    if (table.size >= MAX_CODES) throw cursor.corrupt('too many abbreviations');
    table.set(code, readAbbrev(cursor));
  }
  return table;
}

function readAbbrev(cursor: Cursor): Abbrev {
  const tag = cursor.uleb();
  const hasChildren = cursor.u8() !== 0;
  const names: number[] = [];
  const forms: number[] = [];
  const implicit: number[] = [];
  for (;;) {
    const name = cursor.uleb();
    const form = cursor.uleb();
    const value = form === FORM.implicitConst ? cursor.sleb() : 0;
    if (name === 0 && form === 0) return { tag, hasChildren, names, forms, implicit };
    if (names.length >= MAX_ATTRIBUTES) throw cursor.corrupt('too many attributes');
    names.push(name);
    forms.push(form);
    implicit.push(value);
  }
}
