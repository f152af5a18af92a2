import type { MapType } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { wordAt } from '../place/place.ts';
import { type SlotPlace, unitShape } from '../slots.ts';
import type { Content } from './leaves.ts';

/** What an entry is made of; `pointee` is what an element that points points to, or the items of a slice. */
export const SLOT_PARTS = ['control', 'key', 'elem', 'pointee'] as const;
export type SlotPartName = (typeof SLOT_PARTS)[number];

/** One part of an entry, and where it is. */
export interface SlotPart {
  readonly part: SlotPartName;
  /** `tophash` or `control byte`; `key`; `value`; `*value`. */
  readonly label: string;
  readonly address: Addr;
  /** In bytes; never 0. */
  readonly size: number;
  readonly content: Content;
}

/** A word: an address, a length. */
const WORD = 8;

/**
 * The parts of an entry: the tophash or control byte that says whether the slot is full, the key, the element, and
 * what the element points to. Large keys and elements lie outside of the slot: there they are followed. What has no
 * bytes (struct{}), cannot be read or is nil is left out.
 */
export function slotParts(map: MapType, types: TypeReader, memory: ByteSource, slot: SlotPlace): SlotPart[] {
  const shape = unitShape(map);
  const keyAt = slot.address + shape.keysAt + slot.slot * shape.keyStride;
  const elemAt = slot.address + shape.elemsAt + slot.slot * shape.elemStride;
  const elem = map.indirectElem ? wordAt(memory, elemAt) : elemAt;
  return [
    {
      part: 'control',
      label: shape.kind === 'classic' ? 'tophash' : 'control byte',
      address: addr(slot.address + slot.slot),
      size: 1,
      content: { kind: 'control', shape: shape.kind },
    },
    ...typed('key', 'key', map.indirectKey ? wordAt(memory, keyAt) : keyAt, types, map.key),
    ...typed('elem', 'value', elem, types, map.elem),
    ...(elem === undefined || elem === 0 ? [] : pointee(elem, map.elem, types, memory)),
  ];
}

/** Whether an element of this type can have a part `pointee`. */
export function hasPointee(types: TypeReader, elem: Addr): boolean {
  const kind = types.head(elem)?.kind;
  return kind === 'pointer' || kind === 'slice' || kind === 'interface';
}

function typed(
  part: SlotPartName,
  label: string,
  address: number | undefined,
  types: TypeReader,
  type: Addr,
): SlotPart[] {
  const size = types.head(type)?.size;
  if (address === undefined || address === 0 || size === undefined || size === 0) return [];
  return [{ part, label, address: addr(address), size, content: { kind: 'value', type } }];
}

function pointee(at: number, type: Addr, types: TypeReader, memory: ByteSource): SlotPart[] {
  const kind = types.head(type)?.kind;
  const elem = types.elem(type);
  if (kind === 'pointer' && elem !== undefined)
    return typed('pointee', '*value', wordAt(memory, at), types, elem);
  if (kind === 'slice' && elem !== undefined) {
    const data = wordAt(memory, at);
    const count = wordAt(memory, at + WORD);
    const size = types.head(elem)?.size;
    if (data === undefined || data === 0 || count === undefined || size === undefined) return [];
    const whole = count * size;
    if (whole === 0 || !Number.isSafeInteger(whole)) return [];
    const content: Content = { kind: 'items', type: elem, size };
    return [{ part: 'pointee', label: 'value[…]', address: addr(data), size: whole, content }];
  }
  return kind === 'interface' ? boxed(at, type, types, memory) : [];
}

/** What a pointer in an interface points to; other values in interfaces never change. */
function boxed(at: number, type: Addr, types: TypeReader, memory: ByteSource): SlotPart[] {
  const tab = wordAt(memory, at);
  if (tab === undefined || tab === 0) return [];
  // internal/abi.ITab: go1.18–1.27, the interface's type, then the value's.
  const inside = types.hasMethods(type) === true ? wordAt(memory, tab + WORD) : tab;
  const head = inside === undefined ? undefined : types.head(addr(inside));
  const elem = head?.kind === 'pointer' ? types.elem(head.address) : undefined;
  return elem === undefined ? [] : typed('pointee', '*value', wordAt(memory, at + WORD), types, elem);
}
