import { Cursor } from './cursor.ts';
import type { FormSizes } from './forms.ts';

/** The head of a compile unit (or another kind of unit) in .debug_info. */
export interface UnitHead extends FormSizes {
  /** Where the unit begins; references of most forms count from here. */
  readonly start: number;
  readonly end: number;
  /** Where its first entry stands. */
  readonly first: number;
  readonly version: number;
  readonly abbrevOffset: number;
}

/** Unit types of DWARF 5, section 7.5.1, whose heads are longer. */
const UT_TYPE = 2;
const UT_SKELETON = 4;
const UT_SPLIT_COMPILE = 5;
const UT_SPLIT_TYPE = 6;

/** The heads of all units in their order. Error: `dwarf-corrupt`. */
export function readUnitHeads(info: Uint8Array): UnitHead[] {
  const heads: UnitHead[] = [];
  for (let at = 0; at < info.length;) {
    const head = readHead(new Cursor('.debug_info', info, at));
    // Units of other versions are passed over: Go's own are 4 or 5, those of C could be older.
    if (head.version >= 2 && head.version <= 5) heads.push(head);
    at = head.end;
  }
  return heads;
}

function readHead(cursor: Cursor): UnitHead {
  const start = cursor.at;
  const short = cursor.u32();
  const is64 = short === 0xffffffff;
  if (!is64 && short >= 0xfffffff0) throw cursor.corrupt('a reserved length');
  const length = is64 ? cursor.u64() : short;
  const end = cursor.at + length;
  if (end > cursor.end || length < 7) throw cursor.corrupt(`a unit of ${length} bytes`);
  const offsetSize = is64 ? 8 : 4;
  const version = cursor.u16();
  if (version < 5) {
    const abbrevOffset = cursor.uint(offsetSize);
    const addressSize = cursor.u8();
    return { start, end, first: cursor.at, version, abbrevOffset, addressSize, offsetSize };
  }
  const type = cursor.u8();
  const addressSize = cursor.u8();
  const abbrevOffset = cursor.uint(offsetSize);
  if (type === UT_SKELETON || type === UT_SPLIT_COMPILE) cursor.skip(8);
  if (type === UT_TYPE || type === UT_SPLIT_TYPE) cursor.skip(8 + offsetSize);
  return { start, end, first: cursor.at, version, abbrevOffset, addressSize, offsetSize };
}
