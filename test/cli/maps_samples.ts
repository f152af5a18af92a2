import type { ListedMap, MapsOptions, MapsReport } from '../../src/protocol/maps.ts';

/** Maps of each kind: of a variable, behind a lock, of a goroutine's stack, migrating, and seen by probes alone. */
export function listedMaps(observed: boolean): ListedMap[] {
  const base = { type: 'found_map', pid: 4242, kind: 'map', found: 'memory', advice: [] } as const;
  const sites = [
    {
      op: 'assign',
      function: 'example.com/shop.(*Cache).Put',
      file: '/src/shop/cache.go',
      line: 44,
      count: 6000,
      rate: 1200,
    },
    {
      op: 'delete',
      function: 'example.com/shop.(*Cache).evict',
      file: '/src/shop/cache.go',
      line: 88,
      count: 500,
      rate: 100,
    },
    { op: 'clear', count: 5, rate: 1 },
  ] as const;
  const seen: Pick<ListedMap, 'observed'> = {
    observed: {
      duration_ms: 5000,
      ops: { assign: 6000, delete: 500, clear: 5, grow: 2 },
      rate: 1301,
      growth: 120.5,
      grows: 2,
      sites,
      goroutines: [
        { id: 918, start: 'example.com/shop.(*Cache).janitor', sampled: 40 },
        { id: 7, sampled: 3 },
      ],
      writers: 12,
    },
  };
  return [
    {
      ...base,
      id: 1,
      address: '0xc000123450',
      map_type: 'map[string]*shop.Session',
      name: 'example.com/shop.cache.sessions',
      owner: { type: 'shop.Cache', field: 'sessions', lock: 'mu' },
      layout: 'swiss',
      len: 1_204_332,
      capacity: 2_097_152,
      bytes: 52_428_800,
      held_bytes: 92_428_800,
      held_at_least: true,
      fresh_bytes: 31_000_000,
      waste: 21_428_800,
      load: 0.574,
      tombstones: 40_211,
      state: 'writing',
      consistent: false,
      ...(observed ? seen : {}),
      advice: [{ code: 'remake', text: 'Remake it after bulk deletes.', gain: 21_428_800 }],
    },
    {
      ...base,
      id: 2,
      address: '0xc000998800',
      map_type: 'map[int]int',
      name: 'seen',
      local: {
        goroutine: 18,
        function: 'example.com/shop.(*Index).build',
        file: '/src/shop/index.go',
        line: 31,
      },
      layout: 'classic',
      len: 900,
      capacity: 1024,
      bytes: 20_480,
      fresh_bytes: 20_480,
      waste: 0,
      load: 0.88,
      overflow: 12,
      state: 'migrating',
      migrated: 0.4,
      consistent: true,
      fresh: true,
    },
    { ...base, id: 3, address: '0x5a1230', kind: 'sync.Map', map_type: 'sync.Map', name: 'reflect.ptrMap' },
    ...(observed
      ? [
          {
            ...base,
            id: 4,
            address: '0xc000aa0000',
            found: 'probe',
            map_type: 'map[string]int',
            ...seen,
          } as const,
        ]
      : []),
  ];
}

export function mapsReport(
  pid: number,
  { sort, observeMs }: Pick<MapsOptions, 'sort' | 'observeMs'>,
): MapsReport {
  return {
    type: 'maps',
    pid,
    name: 'shop',
    go_version: 'go1.26.8',
    time: '2026-03-01T12:01:33.102000417Z',
    age_ms: 7_204_000,
    sort,
    found: 214,
    matching: 40,
    rows: 40,
    listed: 3,
    entries: 1_205_232,
    bytes: 52_449_280,
    waste: 21_428_800,
    visited: 40_312,
    took_ms: 412,
    ...(observeMs === undefined ? {} : { observed_ms: observeMs }),
    not_seen: [
      {
        code: 'elements',
        text: 'of slices, arrays and maps, the first 256 elements were looked at for maps',
      },
    ],
  };
}
