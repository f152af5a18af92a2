import type { InspectedMap } from '../../src/protocol/inspect.ts';
import type { KeyPathLine } from '../../src/protocol/inspect_path.ts';

export const swissMap: InspectedMap = {
  type: 'map',
  map: {
    name: 'main.cache.sessions',
    type: 'map[string]*shop.Session',
    address: '0xc000123450',
    goroutine: 7,
  },
  len: 1204,
  capacity: 2048,
  bytes: 49_288,
  sizes: {
    header: 48,
    groups: 49_152,
    tables: 64,
    directory: 16,
    fresh: { make: 32_848, grown: 49_288 },
    waste: 16_440,
  },
  held: { keys: 19_264, values: 77_056, total: 96_320, objects: 2408, complete: false },
  spread: {
    over: 'groups',
    places: 256,
    keys: 1204,
    entropy: 7.81,
    good_entropy: 7.82,
    even_entropy: 8,
    chi_square: { value: 4031.5, degrees: 254, z: 99.1, p: 1.2e-9 },
    histogram: [1, 9, 30, 100, 116],
    lengths: [1100, 100, 4],
    same_control: 22,
    same_control_expected: 20.4,
    same_hash: 2,
  },
  layout: 'swiss',
  consistent: true,
  key: { type: 'string', size: 16 },
  elem: { type: '*shop.Session', size: 8 },
  slots: { full: 1204, empty: 803, tombstones: 41 },
  groups: { count: 256, tables: 2, directory: 2 },
};

export const classicMap: InspectedMap = {
  type: 'map',
  map: { type: 'map[main.Large]main.Huge', address: '0xc000123450' },
  len: 1204,
  capacity: 2048,
  bytes: 49_288,
  sizes: {
    header: 48,
    buckets: 24_576,
    old_buckets: 24_576,
    overflow: 88,
    indirect: 1_492_960,
    fresh: { make: 49_288, grown: 49_288 },
    waste: 0,
  },
  layout: 'classic',
  consistent: false,
  key: { type: 'main.Large', size: 136, indirect: true },
  elem: { type: 'main.Huge', size: 1024, indirect: true },
  slots: { full: 1203, empty: 845 },
  buckets: {
    count: 256,
    overflow: 12,
    longest_chain: 2,
    growing: { from_buckets: 256, to_buckets: 256, evacuated: 31, same_size: true },
  },
  unstable: 1,
  writing: true,
};

const unit = { part: 'group', index: 3, table: 0, address: '0xc000200000' } as const;
const overflow = { part: 'overflow', index: 17, depth: 2, old: true, address: '0xc000300000' } as const;

/** A way through an overflow chain while the map grows, and ways that end at once. */
export const keyPaths: readonly KeyPathLine[] = [
  {
    type: 'path',
    key: '"sess:\u001b[1m"',
    hash: '0x9f00000000000011',
    control: '0x9f',
    start: { bucket: 17, buckets: 512, old_bucket: 17, old_buckets: 256, evacuated: false },
    steps: [
      {
        unit: { part: 'bucket', index: 17, old: true, address: '0xc000300000' },
        slots: [
          { slot: 0, state: 'full', control: '0x9f', matches: true, equal: false },
          { slot: 1, state: 'empty', control: '0x01' },
          { slot: 2, state: 'full', control: '0x9f', matches: true },
        ],
        then: 'next-overflow',
      },
      {
        unit: overflow,
        slots: [{ slot: 0, state: 'full', control: '0x9f', matches: true, equal: true }],
        then: 'found',
      },
    ],
    end: 'found',
    found: {
      key: { text: '"sess:\u001b[1m"' },
      value: { text: `"${'x'.repeat(200)}"` },
      slot: { ...overflow, slot: 0, control: '0x9f' },
    },
    hash_checked: 3,
    consistent: true,
  },
  {
    type: 'path',
    key: '"nope"',
    hash: '0x0000000000000811',
    control: '0x11',
    start: { directory_entry: 0, directory: 2, table_address: '0xc000400000', group: 16, groups: 128 },
    steps: [{ unit, slots: [{ slot: 0, state: 'tombstone', control: '0xfe' }], then: 'empty-slot' }],
    end: 'empty-slot',
    hash_checked: 0,
    consistent: false,
  },
  { type: 'path', key: 'NaN', steps: [], end: 'never-equal', hash_checked: 0, consistent: true },
];
