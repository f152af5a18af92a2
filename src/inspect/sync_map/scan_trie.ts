import { view } from '../../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { allocated } from '../measure/allocation.ts';
import { ANY } from './any_value.ts';
import type { TrieLayout } from './layout.ts';
import type { SyncMapEntry, SyncMapPlace, SyncMapScan, SyncMapVisitor, TrieTotals } from './scan.ts';

/** How often a node that changed is read again; after some of these with a pause before. */
const TRIES = 32;
const AT_ONCE = 8;
/** How often a map that was cleared meanwhile is read from its beginning. */
const RESTARTS = 8;
/** 64 bits of hash, four a level. */
const DEEPEST = 16;
/** Entries of one hash; keys that collide so often are an attack, or no chain. */
const LONGEST_CHAIN = 4096;

/** The root was replaced: by Clear, or the map is another one. */
class Moved extends Error {}

/**
 * Goes through a trie that a program may be using. Nodes and entries are changed by single stores of pointers, and
 * what they no longer lead to stays as it is until it is collected: so a node whose bytes are the same before and
 * after all that it leads to was read, and that is still reached from the root then, was read as it was.
 * An entry that a full node pushes down is told where it was seen first: what it was pushed into is read later,
 * or was not there yet. go1.24.13–1.27.4 src/internal/sync/hashtriemap.go.
 */
export function scanTrie<V>(
  place: SyncMapPlace,
  layout: TrieLayout,
  visitor: SyncMapVisitor<V>,
): SyncMapScan {
  for (let attempt = 0; attempt < RESTARTS; attempt++) {
    const scan = new TrieScan(place, layout, visitor);
    const root = scan.root();
    if (root === undefined) break;
    try {
      if (root !== 0) scan.node([root]);
    } catch (error) {
      if (error instanceof Moved) continue;
      throw error;
    }
    for (const entry of scan.entries) visitor.deliver(entry);
    return { totals: scan.totals(), consistent: scan.consistent && scan.root() === root };
  }
  const empty = new TrieScan(place, layout, visitor);
  return { totals: { ...empty.totals(), unstable: 1 }, consistent: false };
}

interface ReadEntry<V> {
  readonly address: Addr;
  readonly bytes: Uint8Array;
  readonly entry: SyncMapEntry<V>;
}

class TrieScan<V> {
  readonly entries: SyncMapEntry<V>[] = [];
  readonly #place: SyncMapPlace;
  readonly #layout: TrieLayout;
  readonly #visitor: SyncMapVisitor<V>;
  readonly #depths = new Array<number>(DEEPEST + 2).fill(0);
  #nodes = 0;
  #collisions = 0;
  #longest = 0;
  #unstable = 0;
  #again = false;

  constructor(place: SyncMapPlace, layout: TrieLayout, visitor: SyncMapVisitor<V>) {
    this.#place = place;
    this.#layout = layout;
    this.#visitor = visitor;
  }

  get consistent(): boolean {
    return this.#unstable === 0 && !this.#again;
  }

  totals(): TrieTotals {
    const { node, entry } = this.#layout;
    const { version } = this.#place.types;
    return {
      kind: 'trie',
      entries: this.entries.length,
      nodes: this.#nodes,
      depths: this.#depths.slice(0, this.#depths.findLastIndex((n) => n > 0) + 1),
      collisions: this.#collisions,
      longestChain: this.#longest,
      bytes:
        this.#nodes * allocated(node, true, version) + this.entries.length * allocated(entry, true, version),
      unstable: this.#unstable,
    };
  }

  /** 0 for a map that was never used; undefined when it cannot be read. */
  root(): Addr | undefined {
    return this.#word(this.#place.address + this.#layout.root);
  }

  /** Reads the node that a path of nodes from the root ends in, then the nodes below it. */
  node(path: readonly Addr[]): void {
    const address = path.at(-1);
    if (address === undefined || path.length > DEEPEST + 1) return;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) this.#again = true;
      if (attempt >= AT_ONCE && !this.#place.pause()) break;
      const bytes = this.#read(address, this.#layout.node);
      const read = bytes === undefined ? undefined : this.#children(bytes, path.length);
      const linked = this.#isLinked(path);
      if (linked === 'moved') throw new Moved();
      // A node that was emptied and taken out meanwhile holds nothing; its parent says so too.
      if (linked === 'gone') return;
      const after = this.#read(address, this.#layout.node);
      if (bytes === undefined || read === undefined || after === undefined) continue;
      if (!this.#same(bytes, after) || !read.entries.every((one) => this.#isSame(one))) continue;
      this.#keep(read.entries, path.length);
      for (const child of read.nodes) this.node([...path, child]);
      return;
    }
    this.#unstable++;
  }

  #keep(entries: readonly ReadEntry<V>[], depth: number): void {
    this.#nodes++;
    for (const { entry } of entries) {
      this.entries.push(entry);
      this.#depths[depth] = (this.#depths[depth] ?? 0) + 1;
      const overflow = entry.slot.part === 'trie' ? entry.slot.overflow : 0;
      if (overflow > 0) this.#collisions += overflow === 1 ? 2 : 1;
      this.#longest = Math.max(this.#longest, overflow + 1);
    }
  }

  /** What a node leads to: entries that could be read whole, and nodes. Undefined when something could not be read. */
  #children(
    node: Uint8Array,
    depth: number,
  ): { readonly entries: readonly ReadEntry<V>[]; readonly nodes: readonly Addr[] } | undefined {
    const { children, fanOut } = this.#layout;
    const entries: ReadEntry<V>[] = [];
    const nodes: Addr[] = [];
    for (let slot = 0; slot < fanOut; slot++) {
      const child = wordAt(node, children + 8 * slot);
      if (child === 0) continue;
      // A node is larger than an entry.
      const bytes = this.#read(child, this.#layout.entry);
      const isEntry = bytes?.[0];
      if (bytes === undefined || isEntry === undefined || isEntry > 1) return undefined;
      if (isEntry === 0) nodes.push(child);
      else if (!this.#chain(child, bytes, { depth, slot }, entries)) return undefined;
    }
    return { entries, nodes };
  }

  #chain(
    first: Addr,
    read: Uint8Array,
    at: { readonly depth: number; readonly slot: number },
    into: ReadEntry<V>[],
  ): boolean {
    const { overflow: next, key, value } = this.#layout;
    let address = first;
    let bytes: Uint8Array | undefined = read;
    for (let overflow = 0; address !== 0; overflow++) {
      if (overflow > 0)
        bytes = overflow > LONGEST_CHAIN ? undefined : this.#read(address, this.#layout.entry);
      if (bytes === undefined || bytes.length < Math.max(key, value) + ANY) return false;
      const entry: SyncMapEntry<V> = {
        key: this.#visitor.key(bytes, key),
        value: this.#visitor.value(bytes, value),
        slot: { part: 'trie', ...at, overflow, address },
      };
      into.push({ address, bytes, entry });
      address = wordAt(bytes, next);
    }
    return true;
  }

  #isSame({ address, bytes }: ReadEntry<V>): boolean {
    const now = this.#read(address, bytes.length);
    return now !== undefined && Buffer.compare(now, bytes) === 0;
  }

  /** Children, and the mark of a node that is taken out: locks change without meaning. */
  #same(a: Uint8Array, b: Uint8Array): boolean {
    const { children, dead } = this.#layout;
    return a[dead] === b[dead] && Buffer.compare(a.subarray(children), b.subarray(children)) === 0;
  }

  /** Whether the root still leads to the last node of a path. */
  #isLinked(path: readonly Addr[]): 'linked' | 'gone' | 'moved' {
    if (this.root() !== path[0]) return 'moved';
    const { children, fanOut } = this.#layout;
    for (let i = 1; i < path.length; i++) {
      const parent = path[i - 1];
      const bytes = parent === undefined ? undefined : this.#read(parent + children, 8 * fanOut);
      if (bytes === undefined) return 'gone';
      const leads = Array.from({ length: fanOut }, (_, slot) => wordAt(bytes, 8 * slot));
      if (!leads.includes(path[i] ?? addr(0))) return 'gone';
    }
    return 'linked';
  }

  #read(address: number, length: number): Uint8Array | undefined {
    return this.#place.memory.read(address, length);
  }

  #word(address: number): Addr | undefined {
    const bytes = this.#read(address, 8);
    return bytes === undefined ? undefined : wordAt(bytes, 0);
  }
}

const wordAt = (bytes: Uint8Array, at: number): Addr => addr(Number(view(bytes).getBigUint64(at, true)));
