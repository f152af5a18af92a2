import { view } from '../../binary/elf/bounded_reader.ts';
import type { MapType } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { MapHeader } from '../map_header.ts';
import { MIN_TOP_HASH } from '../slots.ts';
import { type KeyValue, keyValue } from './key_value.ts';

/** The key in a slot whose key part begins at `at`, with what it refers to; undefined when that cannot be read. */
export function keyOfSlot(
  memory: ByteSource,
  types: TypeReader,
  map: MapType,
  block: Uint8Array,
  at: number,
): KeyValue | undefined {
  const size = types.head(map.key)?.size;
  if (size === undefined) return undefined;
  const bytes = map.indirectKey
    ? memory.read(Number(view(block).getBigUint64(at, true)), size)?.slice()
    : block.slice(at, at + size);
  return bytes === undefined ? undefined : keyValue(memory, types, map.key, bytes);
}

/** What a map's hashes begin with. */
export const seedOf = (header: MapHeader): bigint =>
  header.kind === 'swiss' ? header.seed : BigInt(header.hash0);

/** What the slot of a key with this hash is marked with: tophash, or the control byte H2. */
export const controlOf = (kind: MapHeader['kind'], hash: bigint): number =>
  kind === 'swiss' ? h2(hash) : topHash(hash);

/** go1.23.12 src/runtime/map.go, tophash. */
function topHash(hash: bigint): number {
  const top = Number(hash >> 56n);
  return top < MIN_TOP_HASH ? top + MIN_TOP_HASH : top;
}

/** go1.26.8 src/internal/runtime/maps/map.go, h2. */
const h2 = (hash: bigint): number => Number(hash & 0x7fn);

/** The rest, which says where a search begins: h1. */
export const h1 = (hash: bigint): bigint => hash >> 7n;
