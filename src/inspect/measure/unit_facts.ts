import { view } from '../../binary/elf/bounded_reader.ts';
import type { MapType } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { unitShape } from '../slots.ts';
import { usable } from './allocation.ts';

/** What the sizes of the parts of a map type depend on. */
export interface UnitFacts {
  readonly kind: 'classic' | 'swiss';
  /** Bytes of a bucket or group. */
  readonly size: number;
  /** A bucket or group holds pointers that the garbage collector follows. */
  readonly hasPointers: boolean;
  readonly version: { readonly minor: number };
}

/** The descriptor of the bucket or group: abi.MapType, third word after the head; abi.Type.PtrBytes: its second word. */
const UNIT_TYPE = 64;
const PTR_BYTES = 8;

export function unitFacts(memory: ByteSource, types: TypeReader, type: MapType): UnitFacts {
  const shape = unitShape(type);
  const unit = wordAt(memory, type.address + UNIT_TYPE);
  const hasPointers = unit === undefined || holdsPointers(memory, unit);
  return { kind: shape.kind, size: shape.bytes, hasPointers, version: types.version };
}

/** Whether values of a type hold pointers; true when that cannot be read. */
export function holdsPointers(memory: ByteSource, type: Addr | number): boolean {
  return wordAt(memory, type + PTR_BYTES) !== 0;
}

/** go1.23.12 src/runtime/map.go, makeBucketArray: from 16 buckets on some overflow buckets are made along. */
export function bucketArrayUnits(count: number, { size, hasPointers, version }: UnitFacts): number {
  if (count < 16) return count;
  const wanted = (count + count / 16) * size;
  const up = usable(wanted, hasPointers, version);
  return up === wanted ? wanted / size : Math.floor(up / size);
}

/** A word of memory as a number: addresses and sizes fit. */
export function wordAt(memory: ByteSource, at: number): number | undefined {
  const bytes = memory.read(at, 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}
