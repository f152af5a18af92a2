import { AT } from './constants.ts';
import { Cursor } from './cursor.ts';
import { addressByIndex, type Entry } from './entry.ts';
import type { Unit } from './dwarf.ts';

/** An entry of a list of locations or ranges. `expression` is empty in lists of ranges. */
interface ListEntry {
  readonly start: number;
  readonly end: number;
  readonly expression: Uint8Array;
}

/** Longer lists are broken. */
const MAX_ENTRIES = 1 << 16;
const NO_BYTES = new Uint8Array(0);

/**
 * The location expression of a variable at an instruction: the one that holds everywhere, or that of its list.
 * Undefined where it has none: there the variable does not exist, or not any more. Error: `dwarf-corrupt`.
 */
export function locationAt(
  entry: Entry,
  pc: number,
  attribute: number = AT.location,
): Uint8Array | undefined {
  const everywhere = entry.block(attribute);
  if (everywhere !== undefined) return everywhere;
  const offset = entry.listOffset(attribute, 'loclists');
  if (offset === undefined) return undefined;
  for (const { start, end, expression } of listOf(entry, offset, 'loc'))
    if (pc >= start && pc < end) return expression;
  return undefined;
}

/** Whether the code of an entry (a function, an inlined call, a block) holds an instruction. */
export function covers(entry: Entry, pc: number): boolean {
  const offset = entry.listOffset(AT.ranges, 'rnglists');
  if (offset !== undefined) {
    for (const { start, end } of listOf(entry, offset, 'ranges')) if (pc >= start && pc < end) return true;
    return false;
  }
  const low = entry.address(AT.lowPc);
  const high = low === undefined ? undefined : entry.highPc(low);
  // A block without addresses covers all that its parent covers.
  return low === undefined || high === undefined || (pc >= low && pc < high);
}

function listOf(entry: Entry, offset: number, kind: 'loc' | 'ranges'): Generator<ListEntry> {
  const { unit, dwarf } = entry;
  const base = dwarf.entry(unit.first, unit)?.address(AT.lowPc) ?? 0;
  if (unit.version < 5)
    return oldList(new Cursor(`.debug_${kind}`, dwarf.sections.bytes(kind), offset), base, kind);
  const name = kind === 'loc' ? 'loclists' : 'rnglists';
  const cursor = new Cursor(`.debug_${name}`, dwarf.sections.bytes(name), offset);
  return newList(cursor, base, kind, unit, (index) => addressByIndex(dwarf, unit, index));
}

/** DWARF 4, sections 2.6.2 and 2.17.3: pairs of addresses, relative to a base that an entry may change. */
function* oldList(cursor: Cursor, unitBase: number, kind: 'loc' | 'ranges'): Generator<ListEntry> {
  let base = unitBase;
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const [startLow, startHigh] = [cursor.u32(), cursor.u32()];
    const end = cursor.u64();
    const start = startLow + startHigh * 2 ** 32;
    if (start === 0 && end === 0) return;
    if (startLow === 0xffffffff && startHigh === 0xffffffff) base = end;
    else {
      const expression = kind === 'loc' ? cursor.block(cursor.u16()) : NO_BYTES;
      yield { start: base + start, end: base + end, expression };
    }
  }
  throw cursor.corrupt('a list does not end');
}

/** DWARF 5, section 7.7.3: DW_LLE_*. Those of ranges (7.25, DW_RLE_*) lack default_location and count on. */
const LLE = {
  end: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  default: 5,
  baseAddress: 6,
  startEnd: 7,
  startLength: 8,
} as const;

function* newList(
  cursor: Cursor,
  unitBase: number,
  kind: 'loc' | 'ranges',
  { addressSize }: Unit,
  addressOf: (index: number) => number,
): Generator<ListEntry> {
  let base = unitBase;
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const byte = cursor.u8();
    const entryKind = kind === 'ranges' && byte >= 5 ? byte + 1 : byte;
    if (entryKind === LLE.end) return;
    if (entryKind === LLE.baseAddressx) base = addressOf(cursor.uleb());
    else if (entryKind === LLE.baseAddress) base = cursor.uint(addressSize);
    else {
      const [start, end] = bounds(cursor, entryKind, base, addressSize, addressOf);
      const expression = kind === 'loc' ? cursor.block(cursor.uleb()) : NO_BYTES;
      yield { start, end, expression };
    }
  }
  throw cursor.corrupt('a list does not end');
}

function bounds(
  cursor: Cursor,
  kind: number,
  base: number,
  addressSize: number,
  addressOf: (index: number) => number,
): [number, number] {
  switch (kind) {
    case LLE.startxEndx:
      return [addressOf(cursor.uleb()), addressOf(cursor.uleb())];
    case LLE.startxLength: {
      const start = addressOf(cursor.uleb());
      return [start, start + cursor.uleb()];
    }
    case LLE.offsetPair:
      return [base + cursor.uleb(), base + cursor.uleb()];
    case LLE.default:
      return [0, Infinity];
    case LLE.startEnd:
      return [cursor.uint(addressSize), cursor.uint(addressSize)];
    case LLE.startLength: {
      const start = cursor.uint(addressSize);
      return [start, start + cursor.uleb()];
    }
    default:
      throw cursor.corrupt(`entry kind ${kind} of a list`);
  }
}
