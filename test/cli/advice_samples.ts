import { type Advice, ADVICE_KINDS, type AdviceReport } from '../../src/protocol/advice.ts';
import type { InspectedEntry, InspectedSyncMap } from '../../src/protocol/inspect.ts';
import { event } from './samples.ts';

export const advice: readonly Advice[] = ADVICE_KINDS.map((kind, i): Advice => {
  const site = event(i).caller!;
  const how = '1.0 MB of buckets or groups that growths replaced';
  if (i === 1)
    return { type: 'advice', kind, map: {}, text: 'few are left', evidence: [], gain: { how }, code: '' };
  return {
    type: 'advice',
    kind,
    pid: 4242,
    map: { id: 3, name: 'main.cache.sessions', address: '0xc000123450', type: 'map[string]*shop.Session' },
    other_maps: 2,
    site,
    text: 'the map grew 14 times: say the size when making',
    evidence: [
      { source: 'growths', what: 'growths seen', value: 14 },
      { source: 'memory', what: 'bytes it holds', value: 1_048_576, unit: 'bytes', site },
      { source: 'operations', what: 'reads a second', value: 10_500.5, unit: 'per_second' },
      { source: 'binary', what: 'of all operations', value: 0.125, unit: 'share' },
      { source: 'memory', what: 'half of the entries are older than', value: 12.5, unit: 'seconds' },
    ],
    gain: {
      bytes: 1_000_000,
      bytes_per_hour: 5_000_000,
      allocated_bytes: 2_000_000,
      operations_per_second: 353.5,
      moved_entries: 900,
      how,
    },
    code: 'make(map[string]*Session, 9800)\n\tdelete(m, k)',
  };
});

const syncMap = {
  type: 'sync_map',
  map: { type: 'sync.Map', address: '0xc000123450' },
  len: 3,
  consistent: true,
} as const;

/** A sync.Map of each kind, and an entry of each place. */
export const syncMaps: readonly (InspectedSyncMap | InspectedEntry)[] = [
  {
    ...syncMap,
    map: { ...syncMap.map, name: 'main.live' },
    bytes: 3048,
    key: { text: '"a"', found: true },
    held: { keys: 48, values: 96, total: 144, objects: 6, complete: true },
    trie: { nodes: 2, depths: [0, 1, 2], collisions: 0, longest_chain: 1 },
  },
  {
    ...syncMap,
    consistent: false,
    unstable: 1,
    maps: { read: 5, dirty: 3, amended: true, misses: 1, deleted: 2, expunged: 2 },
  },
  {
    type: 'entry',
    key: { text: '"a"' },
    value: { text: '1' },
    slot: { part: 'trie', depth: 2, slot: 11, overflow: 0, address: '0xc000123480' },
  },
  {
    type: 'entry',
    key: { text: '"b"' },
    value: { text: 'nil' },
    slot: { part: 'dirty', address: '0xc000123490' },
  },
];

export const advised: AdviceReport = {
  type: 'advised',
  pid: 4242,
  observed_ms: 30_000,
  ended: 'duration',
  maps: 31,
  operations: 1_193_331,
  lost: 12,
  advice: advice.length,
};
