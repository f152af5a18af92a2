import { view } from '../../binary/elf/bounded_reader.ts';
import type { FormattedValue } from '../../go/value/format_value.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { keysEqual, keyValue } from '../hash/key_value.ts';
import { parseHeldKey } from '../path/parse_key.ts';
import type { SyncMapEntry, SyncMapPlace, SyncMapScan } from './scan.ts';
import { visitSyncMap, writersOf } from './scan_sync_map.ts';

/** What a search for a key came to. */
export interface SyncKeySearch extends SyncMapScan {
  /** Undefined: Load does not find the key. */
  readonly entry: SyncMapEntry | undefined;
}

const NO_TEXT: FormattedValue = { text: '', truncated: true, unreadable: false };

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
  const found: SyncMapEntry[] = [];
  const scan = visitSyncMap<{ readonly value: FormattedValue; readonly matches: boolean }>(place, {
    key: (bytes, at) => {
      matches = isKey(bytes, at);
      return matches ? writers.key(bytes, at) : NO_TEXT;
    },
    value: (bytes, at) => ({ value: matches ? writers.value(bytes, at) : NO_TEXT, matches }),
    deliver: ({ key, value: { value, matches: isIt }, slot }) => {
      if (isIt) found.push({ key, value, slot });
    },
  });
  return { ...scan, entry: found[0] };
}

/** The types of all keys, by name. */
function typesOfKeys(place: SyncMapPlace): ReadonlyMap<string, Addr> {
  const names = new Map<string, Addr>();
  visitSyncMap<true>(place, {
    key: (bytes, at) => {
      const type = typeAt(bytes, at);
      const name = type === 0 ? undefined : place.types.nameOf(type);
      if (name !== undefined) names.set(name, type);
      return NO_TEXT;
    },
    value: () => true,
    unread: true,
    deliver: () => undefined,
  });
  return names;
}

const typeAt = (bytes: Uint8Array, at: number): Addr => addr(wordAt(bytes, at));

const wordAt = (bytes: Uint8Array, at: number): number => Number(view(bytes).getBigUint64(at, true));
