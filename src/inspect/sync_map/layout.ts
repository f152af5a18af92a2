import type { DebugInfo } from '../../go/debug/debug_info.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import type { GoVersion } from '../../model/go_version.ts';

/** A sync.Map over internal/sync.HashTrieMap[any, any]. Offsets in bytes. */
export interface TrieLayout {
  readonly kind: 'trie';
  /** From the sync.Map itself. */
  readonly root: number;
  /** Bytes of an inner node, and where its parts are. */
  readonly node: number;
  readonly dead: number;
  readonly children: number;
  readonly fanOut: number;
  /** Bytes of an entry, and where its parts are. */
  readonly entry: number;
  readonly overflow: number;
  readonly key: number;
  readonly value: number;
}

/** A sync.Map over two maps of the runtime: one that is read without a lock, and one with what was added since. */
export interface MapsLayout {
  readonly kind: 'maps';
  /** From the sync.Map itself: the word that points to the readOnly. */
  readonly read: number;
  readonly dirty: number;
  readonly misses: number;
  /** From the readOnly. */
  readonly m: number;
  readonly amended: number;
}

export type SyncMapLayout = TrieLayout | MapsLayout;

const TRIE = 'HashTrieMap[interface {},interface {}]';
const EXPERIMENT = 'nosynchashtriemap';
const WORD = 8;

/**
 * go1.24.13–1.27.4 src/internal/sync/hashtriemap.go: HashTrieMap, indirect, entry, node, as they lie on 64-bit
 * machines; src/sync/map.go (1.24 and 1.25: hashtriemap.go): Map.
 */
const KNOWN_TRIE: TrieLayout = {
  kind: 'trie',
  root: 16,
  node: 152,
  dead: 4,
  children: 24,
  fanOut: 16,
  entry: 48,
  overflow: 8,
  key: 16,
  value: 32,
};

/** go1.20.14–1.23.12 src/sync/map.go, Map and readOnly; up to 1.19 `read` is an atomic.Value, an interface. */
const KNOWN_MAPS: MapsLayout = { kind: 'maps', read: 8, dirty: 16, misses: 24, m: 0, amended: 8 };
const KNOWN_OLD_MAPS: MapsLayout = { kind: 'maps', read: 16, dirty: 24, misses: 32, m: 0, amended: 8 };

/** How a sync.Map of a program lies, from its debug information, or without one from its release. */
export function syncMapLayout(version: GoVersion, debug: DebugInfo | undefined): SyncMapLayout {
  const declared = debug?.typeNamed('sync.Map');
  const told = declared === undefined ? undefined : (trieOf(declared, debug) ?? mapsOf(declared, debug));
  if (told !== undefined) return told;
  const isTrie = version.minor >= 24 && !version.experiments.includes(EXPERIMENT);
  if (isTrie) return KNOWN_TRIE;
  return version.minor < 20 ? KNOWN_OLD_MAPS : KNOWN_MAPS;
}

function trieOf(map: GoType, debug: DebugInfo | undefined): TrieLayout | undefined {
  const trie = map.fields()?.find((field) => field.type.fullName.includes(TRIE));
  const typed = (name: string): GoType | undefined =>
    debug?.typeNamed(`internal/sync.${name}[interface {},interface {}]`);
  const [node, entry] = [typed('indirect'), typed('entry')];
  if (trie === undefined || node === undefined || entry === undefined) return undefined;
  const root = offsetOf(trie.type, 'root');
  const children = node.fields()?.find((field) => field.name === 'children');
  const fanOut = children?.type.length();
  const parts = {
    dead: offsetOf(node, 'dead'),
    overflow: offsetOf(entry, 'overflow'),
    key: offsetOf(entry, 'key'),
    value: offsetOf(entry, 'value'),
  };
  if (root === undefined || children === undefined || fanOut === undefined || !isWhole(parts))
    return undefined;
  return {
    kind: 'trie',
    root: trie.offset + root,
    node: node.size,
    children: children.offset,
    fanOut,
    entry: entry.size,
    ...parts,
  };
}

function mapsOf(map: GoType, debug: DebugInfo | undefined): MapsLayout | undefined {
  const read = map.fields()?.find((field) => field.name === 'read');
  const readOnly = debug?.typeNamed('sync.readOnly');
  if (read === undefined || readOnly === undefined) return undefined;
  const parts = {
    dirty: offsetOf(map, 'dirty'),
    misses: offsetOf(map, 'misses'),
    m: offsetOf(readOnly, 'm'),
    amended: offsetOf(readOnly, 'amended'),
  };
  if (!isWhole(parts)) return undefined;
  // An atomic.Pointer is one word. An atomic.Value is an interface, and its second word points to the value.
  return { kind: 'maps', read: read.offset + read.type.size - WORD, ...parts };
}

const offsetOf = (type: GoType, name: string): number | undefined =>
  type.fields()?.find((field) => field.name === name)?.offset;

function isWhole<K extends string>(parts: Record<K, number | undefined>): parts is Record<K, number> {
  return Object.values(parts).every((offset) => offset !== undefined);
}
