import { keyHash } from '../../src/inspect/hash/key_hash.ts';
import type { MemHash } from '../../src/inspect/hash/mem_hash.ts';
import { processHash } from '../../src/inspect/hash/process_hash.ts';
import { controlOf, keyOfSlot, seedOf } from '../../src/inspect/hash/slot_hash.ts';
import type { MapHeader } from '../../src/inspect/map_header.ts';
import { readTables } from '../../src/inspect/measure/structure.ts';
import { type MapPlace, scanContext } from '../../src/inspect/scan.ts';
import { scanMap } from '../../src/inspect/scan_map.ts';
import type { SlotPlace } from '../../src/inspect/slots.ts';
import { pause } from '../../src/sys/pause.ts';
import { buildGo } from '../support/go_build.ts';
import { type LedgerMap, type MapsProgram, startMapsIn } from './program.ts';

/** Every way in which maps and their hashes have been since Go 1.18. */
export const RUNTIMES: readonly Runtime[] = [
  { go: '1.18.10' },
  { go: '1.21.13' },
  { go: '1.23.12' },
  { go: '1.24.13' },
  { go: '1.24.13', experiment: 'noswissmap' },
  { go: '1.26.8' },
  { go: '1.27.4' },
  { go: '1.27.4', experiment: 'mapsplitgroup' },
];

export interface Runtime {
  readonly go: string;
  readonly experiment?: string;
}

/** Starts a program of test/programs that hashes with AES instructions, or as a machine without them would. */
export function startHashing(
  program: string,
  { go, experiment }: Runtime,
  aes: boolean,
  ...args: string[]
): Promise<MapsProgram> {
  const env = aes ? process.env : { ...process.env, GODEBUG: 'cpu.aes=off' };
  return startMapsIn({ env }, buildGo(program, go, 'default', experiment), ...args);
}

export function placeOf({ target: { memory, types } }: MapsProgram, { type, address }: LedgerMap): MapPlace {
  const map = types.map(type);
  if (map === undefined) throw new Error('no such type');
  return { memory, type: map, address, pause };
}

export function hashOf({ target: { binary, memory, bias } }: MapsProgram): MemHash {
  const hash = processHash(binary, memory, bias);
  if (hash === undefined) throw new Error('the hash functions were not found');
  return hash;
}

/** Whether a key with this hash belongs where it lies. */
function belongs(
  header: MapHeader,
  hash: bigint,
  slot: SlotPlace,
  tableOf: (entry: number) => number,
): boolean {
  if (controlOf(header.kind, hash) !== slot.control) return false;
  if (header.kind === 'swiss')
    return header.dirLen === 0 || tableOf(Number(hash >> BigInt(64 - header.globalDepth))) === slot.table;
  const buckets = slot.old && !header.sameSizeGrow ? 2 ** (header.B - 1) : 2 ** header.B;
  return slot.index === Number(hash & BigInt(buckets - 1));
}

/** Hashes every key of a map; how many there are, and how many do not belong where they lie. */
export function checkAll(
  program: MapsProgram,
  place: MapPlace,
  hash: MemHash,
): { keys: number; wrong: number } {
  const { memory, types } = program.target;
  const header = scanContext(place, undefined).header();
  if (header === undefined) throw new Error('no header');
  const tables = header.kind === 'swiss' ? readTables(memory, header) : [];
  const first = new Map<number, number>();
  for (const table of tables ?? [])
    for (let i = 0; i < 2 ** ((header.kind === 'swiss' ? header.globalDepth : 0) - table.localDepth); i++)
      first.set(table.index + i, table.index);
  const all = { keys: 0, wrong: 0 };
  scanMap<boolean>(place, {
    read: (block, key, _, slot) => {
      const value = keyOfSlot(memory, types, place.type, block, key);
      if (value === undefined) return false;
      const h = keyHash(hash, types, place.type.key, value, seedOf(header));
      return h !== undefined && belongs(header, h, slot, (entry) => first.get(entry) ?? -1);
    },
    deliver: (right) => {
      all.keys++;
      if (!right) all.wrong++;
    },
    identity: () => '',
  });
  return all;
}
