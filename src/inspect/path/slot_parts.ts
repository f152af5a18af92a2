import type { MapType } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { type SlotPlace, unitShape } from '../slots.ts';

/** A few bytes of an entry, short enough for a watchpoint. */
export interface SlotPart {
  /** `tophash` or `control byte`; `key`; `value`; `*value`: what the element points to. */
  readonly label: string;
  readonly address: Addr;
  readonly length: 1 | 2 | 4 | 8;
}

const LENGTHS = [8, 4, 2, 1] as const;

/**
 * The beginnings of what an entry is made of: the tophash or control byte that says whether the slot is full, the key,
 * the element, and behind an element that is a pointer what it points to. Large keys and elements lie outside of the
 * slot: there they are followed. What has no bytes (struct{}) is left out.
 */
export function slotParts(map: MapType, types: TypeReader, memory: ByteSource, slot: SlotPlace): SlotPart[] {
  const shape = unitShape(map);
  const label = shape.kind === 'classic' ? 'tophash' : 'control byte';
  const control: SlotPart = { label, address: addr(slot.address + slot.slot), length: 1 };
  const keyAt = slot.address + shape.keysAt + slot.slot * shape.keyStride;
  const elemAt = slot.address + shape.elemsAt + slot.slot * shape.elemStride;
  const elem = types.head(map.elem);
  const where = map.indirectElem ? pointerAt(memory, elemAt) : elemAt;
  const target = elem?.kind === 'pointer' && where !== undefined ? pointerAt(memory, where) : undefined;
  return [
    control,
    ...part('key', map.indirectKey ? pointerAt(memory, keyAt) : keyAt, types.head(map.key)?.size),
    ...part('value', where, elem?.size),
    ...part('*value', target, targetSize(types, map.elem)),
  ];
}

/** The longest watchpoint at an address that covers nothing else. */
function part(label: string, at: number | undefined, size: number | undefined): SlotPart[] {
  if (at === undefined || at === 0 || size === undefined) return [];
  const length = LENGTHS.find((one) => one <= size && at % one === 0);
  return length === undefined ? [] : [{ label, address: addr(at), length }];
}

function targetSize(types: TypeReader, pointer: Addr): number | undefined {
  const target = types.elem(pointer);
  return target === undefined ? undefined : types.head(target)?.size;
}

function pointerAt(memory: ByteSource, at: number): number | undefined {
  const bytes = memory.read(addr(at), 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}
