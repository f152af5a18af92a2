import { innerMaps } from '../entries.ts';
import type { LiveMemory } from '../live_value.ts';
import type { Program } from '../place/program.ts';
import { type Addr, addr, toAddr } from '../../model/addr.ts';
import type { ValueLimits } from '../live_value.ts';
import { syncMapLayout } from './layout.ts';
import { scanMaps } from './scan_maps.ts';
import { scanTrie } from './scan_trie.ts';
import type { SyncMapEntry, SyncMapPlace, SyncMapScan } from './scan.ts';

/** Pointers in keys stay addresses: they are what is compared. */
const KEYS_KEEP_ADDRESSES = 0;
const INNER = 'map[interface {}]*sync.entry';

/** What is known of the sync.Maps of a program. */
export function syncMapPlace(
  program: Program,
  address: Addr,
  options: { readonly limits: ValueLimits; readonly pause: () => boolean },
): SyncMapPlace {
  const { binary, bias, memory, types, debug } = program;
  const layout = syncMapLayout(binary.version, debug);
  const common = { memory, types, layout, address, ...options };
  if (layout.kind === 'trie') return { ...common, inner: undefined, expunged: undefined };
  const inner = binary
    .mapTypes()
    .map((type) => toAddr(type, bias))
    .find((type) => types.nameOf(type) === INNER);
  const variable = debug?.variable('sync.expunged')?.address;
  const held = variable === undefined ? undefined : memory.read(toAddr(variable, bias), 8);
  const expunged =
    held === undefined
      ? undefined
      : addr(Number(new DataView(held.buffer, held.byteOffset).getBigUint64(0, true)));
  return { ...common, inner, expunged };
}

/**
 * Goes through a sync.Map that a program may be using, without stopping it, and tells each key that Load finds.
 * No number of entries is kept anywhere: `totals` has it.
 */
export function scanSyncMap(place: SyncMapPlace, deliver: (entry: SyncMapEntry) => void): SyncMapScan {
  const { memory, types, limits, pause, layout } = place;
  const innerMap = innerMaps({ memory, types, limits, pause });
  const live: LiveMemory = { memory, types, limits, innerMap };
  const keys: LiveMemory = { ...live, limits: { ...limits, pointers: KEYS_KEEP_ADDRESSES } };
  return layout.kind === 'trie'
    ? scanTrie(place, layout, { live, keys }, deliver)
    : scanMaps(place, layout, { live, keys }, deliver);
}
