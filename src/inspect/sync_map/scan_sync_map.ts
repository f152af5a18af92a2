import type { FormattedValue } from '../../go/value/format_value.ts';
import { innerMaps } from '../entries.ts';
import type { LiveMemory } from '../live_value.ts';
import type { Program } from '../place/program.ts';
import { type Addr, addr, toAddr } from '../../model/addr.ts';
import type { ValueLimits } from '../live_value.ts';
import { anyValue } from './any_value.ts';
import { syncMapLayout } from './layout.ts';
import { scanMaps } from './scan_maps.ts';
import { scanTrie } from './scan_trie.ts';
import type { SyncMapEntry, SyncMapPlace, SyncMapScan, SyncMapVisitor } from './scan.ts';

const INNER = 'map[interface {}]*sync.entry';

/** How keys and values are written, and how long a change is waited for. */
export interface SyncMapOptions {
  readonly limits: ValueLimits;
  readonly pause: () => boolean;
}

type SyncMapsOfProgram = Pick<SyncMapPlace, 'layout' | 'inner' | 'expunged'>;

/** It is found out once of each program: many have sync.Maps by the hundred. */
const known = new WeakMap<Program, SyncMapsOfProgram>();

/** A sync.Map of a program, with what is known of all of them. */
export function syncMapPlace(program: Program, address: Addr, options: SyncMapOptions): SyncMapPlace {
  const { memory, types } = program;
  let common = known.get(program);
  if (common === undefined) known.set(program, (common = syncMapsOf(program)));
  return { memory, types, address, ...common, ...options };
}

function syncMapsOf({ binary, bias, memory, types, debug }: Program): SyncMapsOfProgram {
  const layout = syncMapLayout(binary.version, debug);
  if (layout.kind === 'trie') return { layout, inner: undefined, expunged: undefined };
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
  return { layout, inner, expunged };
}

/**
 * Goes through a sync.Map that a program may be using, without stopping it, and tells each key that Load finds.
 * No number of entries is kept anywhere: `totals` has it.
 */
export function scanSyncMap(place: SyncMapPlace, deliver: (entry: SyncMapEntry) => void): SyncMapScan {
  return visitSyncMap(place, { ...writersOf(place), deliver });
}

/** What writes keys and values in Go syntax. */
export function writersOf({
  memory,
  types,
  limits,
  pause,
}: SyncMapPlace): Pick<SyncMapVisitor<FormattedValue>, 'key' | 'value'> {
  const innerMap = innerMaps({ memory, types, limits, pause });
  const live: LiveMemory = { memory, types, limits, innerMap };
  const keys: LiveMemory = { ...live, isKey: true };
  return {
    key: (bytes, at) => anyValue(keys, bytes, at),
    value: (bytes, at) => anyValue(live, bytes, at),
  };
}

/** The same for those who want something else of the values than their text. */
export function visitSyncMap<V>(place: SyncMapPlace, visitor: SyncMapVisitor<V>): SyncMapScan {
  const { layout } = place;
  return layout.kind === 'trie' ? scanTrie(place, layout, visitor) : scanMaps(place, layout, visitor);
}
