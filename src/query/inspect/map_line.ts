import type { TypeReader } from '../../go/types/type_reader.ts';
import type { MapHeader } from '../../inspect/map_header.ts';
import type { MapMeasure } from '../../inspect/measure/map_measure.ts';
import type { ScanTotals } from '../../inspect/scan.ts';
import { SLOTS, unitShape } from '../../inspect/slots.ts';
import { type Addr, hex } from '../../model/addr.ts';
import type { MapFlavour } from '../../model/go_version.ts';
import type { InspectedGrowth, InspectedMap, InspectedType } from '../../protocol/inspect.ts';
import { sizesLine } from './measured.ts';
import type { Subject } from './subject.ts';

/** runtime.hmap is 48 bytes up to Go 1.23, internal/runtime/maps.Map 48 up to 1.27: src/internal/runtime/maps/map.go. */
const HEADER = 48;
/** internal/runtime/maps.table: go1.24.13–1.27.4 src/internal/runtime/maps/table.go. */
const TABLE = 32;

/** What is known of a map, as the first line of the answer. */
export function mapLine(
  types: TypeReader,
  flavour: MapFlavour,
  subject: Subject,
  header: MapHeader,
  totals: ScanTotals,
  consistent: boolean,
  measure: MapMeasure | undefined,
): InspectedMap {
  const { type, name, address, goroutine } = subject;
  return {
    type: 'map',
    map: {
      ...(name === undefined ? {} : { name }),
      type: type.name,
      address: hex(address),
      ...(goroutine === undefined ? {} : { goroutine }),
    },
    len: header.count,
    capacity: capacityOf(header, totals),
    bytes: bytesOf(subject, header, totals),
    ...(measure === undefined ? {} : sizesLine(measure)),
    layout: flavour,
    consistent,
    key: partType(types, type.key, type.indirectKey),
    elem: partType(types, type.elem, type.indirectElem),
    slots: {
      full: fullSlots(totals),
      empty: totals.empty,
      ...(header.kind === 'swiss' ? { tombstones: totals.tombstones } : {}),
    },
    ...structure(header, totals),
    ...(totals.unstable === 0 ? {} : { unstable: totals.unstable }),
    ...(header.writing ? { writing: true } : {}),
  };
}

const fullSlots = ({ fill }: ScanTotals): number => fill.reduce((sum, units, full) => sum + units * full, 0);

function partType(types: TypeReader, address: Addr, indirect: boolean): InspectedType {
  const head = types.head(address);
  return { type: head?.name ?? '?', size: head?.size ?? 0, ...(indirect ? { indirect: true } : {}) };
}

function structure(header: MapHeader, totals: ScanTotals): Pick<InspectedMap, 'buckets' | 'groups'> {
  if (header.kind === 'swiss')
    return { groups: { count: groupsOf(totals), tables: totals.tables, directory: header.dirLen } };
  const growing = growthOf(header, totals);
  return {
    buckets: {
      count: header.buckets === 0 ? 0 : 2 ** header.B,
      overflow: totals.overflow,
      longest_chain: totals.longestChain,
      ...(growing === undefined ? {} : { growing }),
    },
  };
}

function growthOf(header: MapHeader, totals: ScanTotals): InspectedGrowth | undefined {
  if (header.kind !== 'classic' || header.oldbuckets === 0) return undefined;
  const from = oldBuckets(header);
  return {
    from_buckets: from,
    to_buckets: 2 ** header.B,
    evacuated: Math.max(0, totals.oldBuckets - totals.oldLeft),
    ...(header.sameSizeGrow ? { same_size: true } : {}),
  };
}

const oldBuckets = (header: Extract<MapHeader, { kind: 'classic' }>): number =>
  header.oldbuckets === 0 ? 0 : header.sameSizeGrow ? 2 ** header.B : 2 ** (header.B - 1);

function capacityOf(header: MapHeader, totals: ScanTotals): number {
  if (header.kind === 'swiss') return groupsOf(totals) * SLOTS;
  return header.buckets === 0 ? 0 : 2 ** header.B * SLOTS;
}

/** Those that never held still are there all the same. */
const groupsOf = ({ units, unstable }: ScanTotals): number => units + unstable;

/** Old buckets are kept until the last of them is evacuated. */
function bytesOf({ type }: Subject, header: MapHeader, totals: ScanTotals): number {
  const unit = unitShape(type).bytes;
  const { overflow, tables } = totals;
  if (header.kind === 'swiss') return HEADER + header.dirLen * 8 + tables * TABLE + groupsOf(totals) * unit;
  const buckets = header.buckets === 0 ? 0 : 2 ** header.B;
  return HEADER + (buckets + oldBuckets(header) + overflow) * unit;
}
