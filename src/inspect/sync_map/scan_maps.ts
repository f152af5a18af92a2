import { isMapauditError } from '../../base/errors.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import type { FormattedValue } from '../../go/value/format_value.ts';
import type { MapType } from '../../go/types/go_type.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { wordAt } from '../place/place.ts';
import { scanMap } from '../scan_map.ts';
import { ANY } from './any_value.ts';
import type { MapsLayout } from './layout.ts';
import type { MapsTotals, SyncMapEntry, SyncMapPlace, SyncMapScan, SyncMapVisitor } from './scan.ts';

/** How often all is read anew after the first map was replaced. */
const RESTARTS = 16;
/** How often an entry that is being stored to is read again. */
const TRIES = 16;

/** The words of a sync.Map that say which maps it has. */
export interface Head {
  readonly readOnly: Addr;
  readonly m: Addr;
  readonly amended: boolean;
  readonly dirty: Addr;
  readonly misses: number;
}

/** A key of one of the maps, and what its entry holds; a key that is in both has one entry. */
interface Found<V> {
  /** The same for the same key. */
  readonly name: string;
  readonly key: FormattedValue;
  readonly at: Addr;
  readonly held: Held<V>;
}

type Held<V> =
  /** `nil` may also stand for expunged where it is not known how that is marked. */
  | { readonly state: 'value' | 'nil'; readonly value: V }
  | { readonly state: 'deleted' | 'expunged' | 'unstable' };

/**
 * Goes through both maps of a sync.Map: `read` first, as Load does, then the keys that only `dirty` has. An entry is
 * a pointer to a value that is never changed; nil stands for a deleted key, and `expunged` for one that `dirty` does
 * not have any more. When `read` is replaced meanwhile all is read anew. go1.18–1.23 src/sync/map.go.
 */
export function scanMaps<V>(
  place: SyncMapPlace,
  layout: MapsLayout,
  visitor: SyncMapVisitor<V>,
): SyncMapScan {
  const type = place.inner === undefined ? undefined : place.types.map(place.inner);
  const reader = new Reader(place, visitor);
  let last: SyncMapScan = { totals: { ...NOTHING, unstable: 1 }, consistent: false };
  for (let attempt = 0; attempt < RESTARTS; attempt++) {
    const head = readHead(place, layout);
    if (head === undefined) break;
    const read = reader.all(type, head.m);
    const dirty = head.amended ? reader.all(type, head.dirty) : reader.counted(head.dirty);
    const after = readHead(place, layout);
    if (read === undefined || dirty === undefined || after === undefined) continue;
    // A promotion, or a Clear: what was read is of two states.
    const moved = after.readOnly !== head.readOnly || after.dirty !== head.dirty;
    const { entries, totals, stable } = together(head, read, dirty);
    last = { totals, consistent: !moved && stable && read.consistent && dirty.consistent };
    if (moved && attempt < RESTARTS - 1) continue;
    for (const entry of entries) visitor.deliver(entry);
    return last;
  }
  return last;
}

interface ReadMap<V> {
  readonly keys: readonly Found<V>[];
  readonly length: number;
  readonly consistent: boolean;
}

function together<V>(
  head: Head,
  read: ReadMap<V>,
  dirty: ReadMap<V>,
): { readonly entries: readonly SyncMapEntry<V>[]; readonly totals: MapsTotals; readonly stable: boolean } {
  const entries: SyncMapEntry<V>[] = [];
  let [deleted, expunged, unstable] = [0, 0, 0];
  const inDirty = new Set(dirty.keys.map((one) => one.at));
  const add = (part: 'read' | 'dirty', { key, at, held }: Found<V>): void => {
    switch (held.state) {
      case 'value':
        entries.push({ key, value: held.value, slot: { part, address: at } });
        return;
      case 'unstable':
        unstable++;
        return;
      case 'nil':
        // Only keys that `dirty` has lost are expunged, and only while there is one.
        if (part === 'dirty' || head.dirty === 0 || inDirty.has(at)) {
          entries.push({ key, value: held.value, slot: { part, address: at } });
          return;
        }
        expunged++;
        deleted++;
        return;
      case 'expunged':
        expunged++;
        deleted++;
        return;
      case 'deleted':
        deleted++;
    }
  };
  for (const one of read.keys) add('read', one);
  const inRead = new Set(read.keys.map((one) => one.at));
  for (const one of dirty.keys) if (!inRead.has(one.at)) add('dirty', one);
  const totals: MapsTotals = {
    kind: 'maps',
    entries: entries.length,
    read: read.length,
    dirty: dirty.length,
    amended: head.amended,
    misses: head.misses,
    readOnly: head.readOnly,
    readMap: head.m,
    dirtyMap: head.dirty,
    deleted,
    expunged,
    unstable,
  };
  return { entries, totals, stable: unstable === 0 };
}

/** Undefined when it cannot be read. */
export function readHead({ memory, address }: SyncMapPlace, layout: MapsLayout): Head | undefined {
  const { read, dirty, misses, m, amended } = layout;
  const [readOnly, second, count] = [read, dirty, misses].map((offset) => wordAt(memory, address + offset));
  if (readOnly === undefined || second === undefined || count === undefined) return undefined;
  const rest = { readOnly: addr(readOnly), dirty: addr(second), misses: count };
  if (readOnly === 0) return { ...rest, m: addr(0), amended: second !== 0 };
  const first = wordAt(memory, readOnly + m);
  const mark = memory.read(readOnly + amended, 1)?.[0];
  return first === undefined || mark === undefined
    ? undefined
    : { ...rest, m: addr(first), amended: mark !== 0 };
}

class Reader<V> {
  readonly #place: SyncMapPlace;
  readonly #visitor: SyncMapVisitor<V>;

  constructor(place: SyncMapPlace, visitor: SyncMapVisitor<V>) {
    this.#place = place;
    this.#visitor = visitor;
  }

  /** The number of keys of a map that holds no other keys than are known. */
  counted(map: Addr): ReadMap<V> | undefined {
    const length = map === 0 ? 0 : this.#word(map);
    return length === undefined ? undefined : { keys: [], length, consistent: true };
  }

  /** Undefined when it is no map by now. */
  all(type: MapType | undefined, map: Addr): ReadMap<V> | undefined {
    if (map === 0) return { keys: [], length: 0, consistent: true };
    if (type === undefined) return undefined;
    const { memory, pause } = this.#place;
    const keys: Found<V>[] = [];
    try {
      const scan = scanMap<Found<V>>(
        { memory, type, address: map, pause },
        {
          read: (block, key, elem) => this.#found(block, key, elem),
          deliver: (one) => keys.push(one),
          identity: (one) => one.name,
        },
      );
      return { keys, length: scan.header.count, consistent: scan.consistent };
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      return undefined;
    }
  }

  #found(block: Uint8Array, key: number, elem: number): Found<V> {
    const at = addr(Number(view(block).getBigUint64(elem, true)));
    const type = view(block).getBigUint64(key, true);
    const text = this.#visitor.key(block, key);
    // Keys that are written alike can still be of two types, be pointers to equal values, or never be equal.
    const isPointer = this.#place.types.head(addr(Number(type)))?.direct === true;
    const word = isPointer ? view(block).getBigUint64(key + 8, true) : 0n;
    const isOfItsOwn = text.truncated || text.text.includes('NaN');
    const name = isOfItsOwn ? `at ${at}` : `${type} ${word} ${text.text}`;
    return { name, key: text, at, held: this.#held(at) };
  }

  /** What an entry holds: `p` is its only word. */
  #held(entry: Addr): Held<V> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const p = this.#word(entry);
      if (p === undefined) break;
      if (p === 0) return { state: 'deleted' };
      if (p === this.#place.expunged) return { state: 'expunged' };
      const { unread } = this.#visitor;
      if (unread !== undefined && this.#place.expunged !== undefined)
        return { state: 'value', value: unread };
      const bytes = this.#place.memory.read(p, ANY);
      if (bytes === undefined) continue;
      const isNil = view(bytes).getBigUint64(0, true) === 0n;
      const value = this.#visitor.value(bytes, 0);
      if (this.#word(entry) !== p) continue;
      return { state: isNil && this.#place.expunged === undefined ? 'nil' : 'value', value };
    }
    return { state: 'unstable' };
  }

  #word(address: number): number | undefined {
    return wordAt(this.#place.memory, address);
  }
}

const NOTHING: MapsTotals = {
  kind: 'maps',
  entries: 0,
  read: 0,
  dirty: 0,
  amended: false,
  misses: 0,
  readOnly: addr(0),
  readMap: addr(0),
  dirtyMap: addr(0),
  deleted: 0,
  expunged: 0,
  unstable: 0,
};
