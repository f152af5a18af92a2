import { FORM } from './constants.ts';
import type { Cursor } from './cursor.ts';

/** What the sizes of forms depend on. */
export interface FormSizes {
  readonly addressSize: number;
  /** 8 in units of the 64-bit format, else 4. */
  readonly offsetSize: number;
}

/**
 * A value as it stands in the entry. `number` is an address, a constant, a reference or an index, according
 * to the form; `text` and `block` are what the entry itself holds.
 */
export type RawValue =
  | { readonly form: number; readonly kind: 'number'; readonly value: number }
  | { readonly form: number; readonly kind: 'text'; readonly value: string }
  | { readonly form: number; readonly kind: 'block'; readonly value: Uint8Array };

/** Moves over a value. */
export function skipForm(cursor: Cursor, form: number, sizes: FormSizes): void {
  const size = fixedSize(form, sizes);
  if (size >= 0) cursor.skip(size);
  else if (form === FORM.string) cursor.skipText();
  else if (isLeb(form)) cursor.skipLeb();
  else if (form === FORM.indirect) skipForm(cursor, direct(cursor), sizes);
  else cursor.skip(blockLength(cursor, form));
}

/** Reads a value. `implicit` is that of the abbreviation. */
export function readForm(cursor: Cursor, form: number, implicit: number, sizes: FormSizes): RawValue {
  if (form === FORM.indirect) return readForm(cursor, direct(cursor), 0, sizes);
  if (form === FORM.string) return { form, kind: 'text', value: cursor.text() };
  if (form === FORM.implicitConst) return { form, kind: 'number', value: implicit };
  if (form === FORM.flagPresent) return { form, kind: 'number', value: 1 };
  if (form === FORM.sdata) return { form, kind: 'number', value: cursor.sleb() };
  if (isLeb(form)) return { form, kind: 'number', value: cursor.uleb() };
  if (form === FORM.data16) return { form, kind: 'block', value: cursor.block(16) };
  if (form === FORM.strx3 || form === FORM.addrx3) return { form, kind: 'number', value: cursor.u24() };
  const size = fixedSize(form, sizes);
  if (size >= 0) return { form, kind: 'number', value: cursor.uint(size) };
  return { form, kind: 'block', value: cursor.block(blockLength(cursor, form)) };
}

/** The form that an indirect value names itself. It cannot be indirect again. */
function direct(cursor: Cursor): number {
  const form = cursor.uleb();
  if (form === FORM.indirect || form === FORM.implicitConst) throw cursor.corrupt('an indirect form');
  return form;
}

const isLeb = (form: number): boolean =>
  form === FORM.udata ||
  form === FORM.sdata ||
  form === FORM.refUdata ||
  form === FORM.strx ||
  form === FORM.addrx ||
  form === FORM.loclistx ||
  form === FORM.rnglistx;

/** Bytes that a value takes; -1 when that stands in the value. */
function fixedSize(form: number, { addressSize, offsetSize }: FormSizes): number {
  switch (form) {
    case FORM.addr:
      return addressSize;
    case FORM.flagPresent:
    case FORM.implicitConst:
      return 0;
    case FORM.data1:
    case FORM.ref1:
    case FORM.flag:
    case FORM.strx1:
    case FORM.addrx1:
      return 1;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      return 2;
    case FORM.strx3:
    case FORM.addrx3:
      return 3;
    case FORM.data4:
    case FORM.ref4:
    case FORM.strx4:
    case FORM.addrx4:
    case FORM.refSup4:
      return 4;
    case FORM.data8:
    case FORM.ref8:
    case FORM.refSig8:
    case FORM.refSup8:
      return 8;
    case FORM.data16:
      return 16;
    case FORM.secOffset:
    case FORM.strp:
    case FORM.lineStrp:
    case FORM.strpSup:
    case FORM.refAddr:
    case FORM.gnuRefAlt:
    case FORM.gnuStrpAlt:
      return offsetSize;
    default:
      return -1;
  }
}

function blockLength(cursor: Cursor, form: number): number {
  if (form === FORM.block1) return cursor.u8();
  if (form === FORM.block2) return cursor.u16();
  if (form === FORM.block4) return cursor.u32();
  if (form === FORM.block || form === FORM.exprloc) return cursor.uleb();
  throw cursor.corrupt(`form 0x${form.toString(16)} is not known`);
}
