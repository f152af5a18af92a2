import { view } from '../binary/elf/bounded_reader.ts';
import type { MapType } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import type { FormattedValue } from '../go/value/format_value.ts';
import type { Addr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import { type LiveMemory, liveValue, type ValueLimits, type WriteInnerMap } from './live_value.ts';
import type { SlotVisitor } from './scan.ts';
import { scanMap } from './scan_map.ts';
import type { SlotPlace } from './slots.ts';

/** An entry as it was at one moment. */
export interface MapEntry {
  readonly key: FormattedValue;
  readonly value: FormattedValue;
  readonly slot: SlotPlace;
}

/** What reading entries needs. */
export interface EntryOptions {
  readonly memory: ByteSource;
  readonly types: TypeReader;
  readonly limits: ValueLimits;
  readonly pause: () => void;
}

const UNREADABLE: FormattedValue = { text: '…', truncated: false, unreadable: true };
/** Inner maps of inner maps are not entered: the pointers left say so. */
const KEYS_KEEP_ADDRESSES = 0;

/** A visitor that writes keys and values in Go syntax while their slot is known to be unchanged. */
export function entryVisitor(
  map: MapType,
  options: EntryOptions,
  deliver: (entry: MapEntry) => void,
): SlotVisitor<MapEntry> {
  const { memory, types, limits } = options;
  const live: LiveMemory = { memory, types, limits, innerMap: innerMaps(options) };
  const keys: LiveMemory = { ...live, limits: { ...limits, pointers: KEYS_KEEP_ADDRESSES } };
  const keySize = types.head(map.key)?.size;
  const elemSize = types.head(map.elem)?.size;
  return {
    deliver,
    identity: (entry) => entry.key.text,
    read: (block, key, elem, place) => ({
      key: part(keys, map.key, keySize, map.indirectKey, block, key),
      value: part(live, map.elem, elemSize, map.indirectElem, block, elem),
      slot: { ...place },
    }),
  };
}

/** A key or element: in its slot, or where the slot points to. */
function part(
  live: LiveMemory,
  type: Addr,
  size: number | undefined,
  indirect: boolean,
  block: Uint8Array,
  at: number,
): FormattedValue {
  if (size === undefined) return UNREADABLE;
  const bytes = indirect
    ? live.memory.read(Number(view(block).getBigUint64(at, true)), size)
    : block.subarray(at, at + size);
  return (bytes === undefined ? undefined : liveValue(live, type, bytes)) ?? UNREADABLE;
}

/** Writes maps that are values, up to the limit of items. */
function innerMaps({ memory, types, limits, pause }: EntryOptions): WriteInnerMap {
  return (address, type, write, inside) => {
    const map = types.map(type.address);
    const [key, elem] = map === undefined ? [] : [types.head(map.key), types.head(map.elem)];
    if (map === undefined || key === undefined || elem === undefined) return undefined;
    const shown: string[] = [];
    const bytesOf = (
      block: Uint8Array,
      at: number,
      size: number,
      indirect: boolean,
    ): Uint8Array | undefined =>
      indirect
        ? memory.read(Number(view(block).getBigUint64(at, true)), size)
        : block.subarray(at, at + size);
    const { totals } = scanMap<string>(
      { memory, type: map, address, pause },
      {
        read: (block, keyAt, elemAt) => {
          if (shown.length >= limits.items) return '';
          const [k, v] = [
            bytesOf(block, keyAt, key.size, map.indirectKey),
            bytesOf(block, elemAt, elem.size, map.indirectElem),
          ];
          const text = (head: typeof key, bytes: Uint8Array | undefined): string =>
            bytes === undefined ? '…' : write(head, bytes, inside(bytes));
          return `${text(key, k)}: ${text(elem, v)}`;
        },
        deliver: (text) => shown.push(text),
        identity: (text) => text,
      },
    );
    const more = totals.entries - limits.items;
    const all = more > 0 ? [...shown.slice(0, limits.items), `… ${more} more`] : shown;
    return { text: `${type.name}{${all.join(', ')}}` };
  };
}
