import { view } from '../binary/elf/bounded_reader.ts';
import type { MapType } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { type FormattedValue, plainText, textTellsAll } from '../go/value/format_value.ts';
import type { Addr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import { keyIdentity } from './key_identity.ts';
import { type LiveMemory, liveValue, type ValueLimits, type WriteInnerMap } from './live_value.ts';
import type { SlotVisitor } from './scan.ts';
import { scanSteps } from './scan_map.ts';
import type { SlotPlace } from './slots.ts';

/** An entry as it was at one moment. */
export interface MapEntry {
  readonly key: FormattedValue;
  readonly value: FormattedValue;
  readonly slot: SlotPlace;
  /** See `keyIdentity`; absent where the key's text is it. */
  readonly identity?: string;
}

/** What reading entries needs. */
export interface EntryOptions {
  readonly memory: ByteSource;
  readonly types: TypeReader;
  readonly limits: ValueLimits;
  readonly pause: () => boolean;
}

const NOTHING = new DataView(new ArrayBuffer(0));
const UNREADABLE: FormattedValue = { text: '…', truncated: false, unreadable: true };

/** A visitor that writes keys and values in Go syntax while their slot is known to be unchanged. */
export function entryVisitor(
  map: MapType,
  options: EntryOptions,
  deliver: (entry: MapEntry) => void,
): SlotVisitor<MapEntry> {
  const { memory, types, limits } = options;
  const live: LiveMemory = { memory, types, limits, innerMap: innerMaps(options) };
  const keys: LiveMemory = { ...live, isKey: true };
  let words: DataView = NOTHING;
  /** Numbers are written at once: of large maps they are most of it. */
  const written = (which: 'key' | 'elem', block: Uint8Array, at: number): FormattedValue => {
    if (words.buffer !== block.buffer || words.byteOffset !== block.byteOffset) words = view(block);
    const head = types.head(map[which]);
    const indirect = which === 'key' ? map.indirectKey : map.indirectElem;
    const text = head === undefined || indirect ? undefined : plainText(head, words, at);
    if (text !== undefined) return { text, truncated: false, unreadable: false };
    return part(which === 'key' ? keys : live, map, which, block, at);
  };
  const keyHead = types.head(map.key);
  const isPlain = keyHead !== undefined && textTellsAll(keyHead);
  return {
    deliver,
    identity: (entry) => entry.identity ?? entry.key.text,
    read: (block, keyAt, elemAt, place) => {
      const key = written('key', block, keyAt);
      const entry = { key, value: written('elem', block, elemAt), slot: { ...place } };
      if (isPlain && !key.truncated && !key.unreadable) return entry;
      const bytes = slotBytes(options, map, 'key', block, keyAt);
      return { ...entry, identity: keyIdentity(options, map, key, bytes, slotName(place)) };
    },
  };
}

const slotName = ({ address, slot }: SlotPlace): string => `${address} ${slot}`;

function part(
  live: LiveMemory,
  map: MapType,
  which: 'key' | 'elem',
  block: Uint8Array,
  at: number,
): FormattedValue {
  const bytes = slotBytes(live, map, which, block, at);
  return (bytes === undefined ? undefined : liveValue(live, map[which], bytes)) ?? UNREADABLE;
}

/** A key or element: in its slot, or where the slot points to. */
export function slotBytes(
  { memory, types }: { readonly memory: ByteSource; readonly types: TypeReader },
  map: MapType,
  which: 'key' | 'elem',
  block: Uint8Array,
  at: number,
): Uint8Array | undefined {
  const size = types.head(map[which])?.size;
  if (size === undefined) return undefined;
  const indirect = which === 'key' ? map.indirectKey : map.indirectElem;
  return indirect
    ? memory.read(Number(view(block).getBigUint64(at, true)), size)
    : block.subarray(at, at + size);
}

/** The number of entries, which both kinds of header begin with. */
function countOf(memory: ByteSource, address: Addr): number | undefined {
  const bytes = memory.read(address, 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}

/** Writes maps that are values, up to the limit of items. */
export function innerMaps({ memory, types, limits, pause }: EntryOptions): WriteInnerMap {
  return (address, type, write, inside) => {
    const map = types.map(type.address);
    const [key, elem] = map === undefined ? [] : [types.head(map.key), types.head(map.elem)];
    if (map === undefined || key === undefined || elem === undefined) return undefined;
    const shown: string[] = [];
    const steps = scanSteps<{ readonly text: string; readonly identity: string }>(
      { memory, type: map, address, pause, whole: true },
      {
        read: (block, keyAt, elemAt, place) => {
          if (shown.length >= limits.items) return { text: '', identity: slotName(place) };
          const k = slotBytes({ memory, types }, map, 'key', block, keyAt);
          const v = slotBytes({ memory, types }, map, 'elem', block, elemAt);
          // Keys that are pointers are told apart by their address alone.
          const keyText = k === undefined ? '…' : write(key, k, inside(k, 'key'));
          const truncated = keyText.includes('…');
          const formatted = { text: keyText, truncated, unreadable: k === undefined };
          return {
            text: `${keyText}: ${v === undefined ? '…' : write(elem, v, inside(v, 'elem'))}`,
            identity: keyIdentity({ memory, types }, map, formatted, k, slotName(place)),
          };
        },
        deliver: ({ text }) => shown.push(text),
        identity: ({ identity }) => identity,
      },
    );
    // A part may be large, but what is beyond the limit is not read.
    let step = steps.next();
    while (step.done !== true && shown.length < limits.items) step = steps.next();
    const count = step.done === true ? step.value.totals.entries : (countOf(memory, address) ?? shown.length);
    const more = count - limits.items;
    const all = more > 0 ? [...shown.slice(0, limits.items), `… ${more} more`] : shown;
    return { text: `${type.name}{${all.join(', ')}}` };
  };
}
