import { view } from '../../binary/elf/bounded_reader.ts';
import type { MapType } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { slotBytes } from '../entries.ts';
import { SLOTS, type SlotPlace, unitShape } from '../slots.ts';

/** The element of a key that was found: where it lies, and what it was when its slot was looked at. */
export interface FoundElement {
  readonly address: Addr;
  readonly bytes: Uint8Array;
}

/** The element whose part of a slot begins at byte `at` of its bucket or group; undefined when it cannot be read. */
export function elementOf(
  memory: ByteSource,
  types: TypeReader,
  type: MapType,
  block: Uint8Array,
  at: number,
  place: Pick<SlotPlace, 'address' | 'slot'>,
): FoundElement | undefined {
  const bytes = slotBytes({ memory, types }, type, 'elem', block, at)?.slice();
  if (bytes === undefined) return undefined;
  if (type.indirectElem) return { address: addr(Number(view(block).getBigUint64(at, true))), bytes };
  const { elemsAt, elemStride } = unitShape(type);
  return { address: addr(place.address + elemsAt + (place.slot % SLOTS) * elemStride), bytes };
}
