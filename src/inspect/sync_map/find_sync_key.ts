import { view } from '../../binary/elf/bounded_reader.ts';
import type { FormattedValue } from '../../go/value/format_value.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { keysEqual, keyValue } from '../hash/key_value.ts';
import { parseHeldKey } from '../path/parse_key.ts';
import { ANY, UNWRITTEN } from './any_value.ts';
import type { SyncMapEntry, SyncMapPlace, SyncMapScan } from './scan.ts';
import { visitSyncMap, writersOf } from './scan_sync_map.ts';

/** What a search for a key came to. */
export interface SyncKeySearch extends SyncMapScan {
  /** Undefined: Load does not find the key. */
  readonly entry: SyncMapEntry | undefined;
  /** The `any` that is its value. */
  readonly value: Uint8Array | undefined;
}

interface Value {
  readonly text: FormattedValue;
  readonly any: Uint8Array;
}

/**
 * Looks for the key that a user has typed in Go syntax, in all of a sync.Map: a plain literal is an int, a float64, a
 * string or a bool, as in `m.Load(60)`. Errors: `usage-key`.
 */
export function findSyncKey(place: SyncMapPlace, text: string): SyncKeySearch {
  const { memory, types } = place;
  const wanted = parseHeldKey(text, types, () => typesOfKeys(place));
  const writers = writersOf(place);
  const isKey = (bytes: Uint8Array, at: number): boolean => {
    const type = typeAt(bytes, at);
    if (wanted.kind !== 'interface' || wanted.type !== type) return false;
    if (wanted.value === undefined) return type === 0;
    const head = types.head(type);
    const word = bytes.subarray(at + 8, at + 16);
    const held = head?.direct === true ? word : memory.read(wordAt(word, 0), head?.size ?? 0);
    const other = held === undefined ? undefined : keyValue(memory, types, type, held.slice());
    return other !== undefined && keysEqual(types, type, wanted.value, other);
  };
  let matches = false;
  const found: { readonly entry: SyncMapEntry; readonly value: Uint8Array }[] = [];
  const scan = visitSyncMap<Value | undefined>(place, {
    key: (bytes, at) => {
      matches = isKey(bytes, at);
      return matches ? writers.key(bytes, at) : UNWRITTEN;
    },
    value: (bytes, at) =>
      matches ? { text: writers.value(bytes, at), any: bytes.slice(at, at + ANY) } : undefined,
    deliver: ({ key, value, slot }) => {
      if (value !== undefined) found.push({ entry: { key, value: value.text, slot }, value: value.any });
    },
  });
  const [one] = found;
  return { ...scan, entry: one?.entry, value: one?.value };
}

/** The types of all keys, by name. */
function typesOfKeys(place: SyncMapPlace): ReadonlyMap<string, Addr> {
  const names = new Map<string, Addr>();
  visitSyncMap<true>(place, {
    key: (bytes, at) => {
      const type = typeAt(bytes, at);
      const name = type === 0 ? undefined : place.types.nameOf(type);
      if (name !== undefined) names.set(name, type);
      return UNWRITTEN;
    },
    value: () => true,
    unread: true,
    deliver: () => undefined,
  });
  return names;
}

const typeAt = (bytes: Uint8Array, at: number): Addr => addr(wordAt(bytes, at));

const wordAt = (bytes: Uint8Array, at: number): number => Number(view(bytes).getBigUint64(at, true));
