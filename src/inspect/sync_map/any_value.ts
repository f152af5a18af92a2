import { view } from '../../binary/elf/bounded_reader.ts';
import { type FormattedValue, inInterface } from '../../go/value/format_value.ts';
import { addr } from '../../model/addr.ts';
import { type LiveMemory, liveValue } from '../live_value.ts';

/** Bytes of an interface: its type, and its value or a pointer to it. */
export const ANY = 16;

/** Stands for a key that nobody asked to be written. It tells keys apart by their place alone. */
export const UNWRITTEN: FormattedValue = { text: '…', truncated: true, unreadable: false };

const UNREADABLE: FormattedValue = { text: '…', truncated: false, unreadable: true };
const NIL: FormattedValue = { text: 'nil', truncated: false, unreadable: false };

/** Writes what an `any` at an offset of some bytes holds, in Go syntax with its type where that is not plain. */
export function anyValue(live: LiveMemory, bytes: Uint8Array, at: number): FormattedValue {
  const type = addr(Number(view(bytes).getBigUint64(at, true)));
  if (type === 0) return NIL;
  const head = live.types.head(type);
  if (head === undefined) return UNREADABLE;
  const held = head.direct
    ? bytes.subarray(at + 8, at + 16)
    : live.memory.read(Number(view(bytes).getBigUint64(at + 8, true)), head.size);
  const value = held === undefined ? undefined : liveValue(live, type, held);
  return value === undefined ? UNREADABLE : { ...value, text: inInterface(head, value.text) };
}
