import { isMapauditError } from '../../base/errors.ts';
import type { MemoryFacts } from '../../advice/facts.ts';
import type { MapType } from '../../go/types/go_type.ts';
import type { ScanTotals } from '../../inspect/scan.ts';
import { type MapScan, scanMap } from '../../inspect/scan_map.ts';
import { SLOTS, unitShape, type UnitShape } from '../../inspect/slots.ts';
import type { Addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';

/** internal/runtime/maps.table, and a directory entry. go1.24–1.27 src/internal/runtime/maps/table.go. */
const TABLE_BYTES = 32;
const POINTER = 8;
/** go1.24–1.27 src/internal/runtime/maps/table.go, maxTableCapacity; map.go, maxAvgGroupLoad. */
const TABLE_SLOTS = 1024;
const GROUP_LOAD = 7;
/** go1.18–1.23 src/runtime/map.go, overLoadFactor. */
const BUCKET_LOAD = 6.5;

/** Measures a live map; undefined when it is gone. Sizes are those that are asked for, not rounded up by the allocator. */
export function memoryFacts(
  memory: ByteSource,
  type: MapType,
  address: Addr,
  pause: () => boolean,
): (MemoryFacts & { readonly len: number }) | undefined {
  const scan = tryScan(memory, type, address, pause);
  if (scan === undefined) return undefined;
  const shape = unitShape(type);
  const { totals, end } = scan;
  const len = end?.count ?? scan.header.count;
  const units = { capacity: capacityOf(scan), bytes: bytesOf(scan, shape) };
  return {
    len,
    ...units,
    freshBytes: freshBytes(len, shape),
    ...(shape.kind === 'swiss' ? { tombstones: totals.tombstones } : {}),
    unitBytes: shape.bytes,
  };
}

function tryScan(
  memory: ByteSource,
  type: MapType,
  address: Addr,
  pause: () => boolean,
): MapScan | undefined {
  try {
    return scanMap({ memory, type, address, pause });
  } catch (error) {
    if (isMapauditError(error)) return undefined;
    throw error;
  }
}

function capacityOf({ totals }: MapScan): number {
  return (totals.units - totals.overflow) * SLOTS;
}

function bytesOf({ header, totals }: MapScan, shape: UnitShape): number {
  if (header.kind === 'swiss')
    return totals.units * shape.bytes + totals.tables * TABLE_BYTES + header.dirLen * POINTER;
  return unitsOf(header.buckets === 0 ? 0 : 2 ** header.B, totals) * shape.bytes;
}

const unitsOf = (buckets: number, totals: ScanTotals): number =>
  buckets + totals.oldBuckets + totals.overflow;

/** What `make` with this number of entries makes. */
export function freshBytes(len: number, { kind, bytes }: Pick<UnitShape, 'kind' | 'bytes'>): number {
  if (len === 0) return 0;
  if (kind === 'classic') {
    let buckets = 1;
    while (len > SLOTS && len > BUCKET_LOAD * buckets) buckets *= 2;
    return buckets * bytes;
  }
  if (len <= SLOTS) return bytes;
  const slots = powerOfTwo((len * SLOTS) / GROUP_LOAD);
  const tables = Math.max(1, slots / TABLE_SLOTS);
  return (slots / SLOTS) * bytes + tables * (TABLE_BYTES + POINTER);
}

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));
