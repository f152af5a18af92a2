import { crc32 } from 'node:zlib';
import { view } from '../binary/elf/bounded_reader.ts';
import type { MapPlace } from './scan.ts';
import { isFull, SLOTS, type UnitShape } from './slots.ts';
import type { UnitBytes } from './stable_units.ts';

/** abi.Type.Size_, the first word of a type: go1.18–1.27 src/internal/abi/type.go (before 1.20 src/runtime/type.go). */
const SIZE_BYTES = 8;
/** No key and no element is larger than what a Go type may be here; a descriptor that says so is none. */
const MOST_BYTES = 2 ** 40;
/** Storing so many bytes takes a processor longer than looking at a clock: a thread may well be stopped within it. */
const SLOW_STORE = 2048;
/** What cannot be read has this sum, before and after. */
const UNREADABLE = 0x9e3779b1;

/** Where in a unit the addresses of keys or elements stand, and how large these are. */
interface Part {
  readonly at: number;
  readonly stride: number;
  readonly size: number;
}

/** What the slots of a map only point to: keys and elements of more than 128 bytes lie elsewhere. */
export interface Outside {
  /** A checksum of that of one unit. It is written to in place, so that the slot does not tell that it has changed. */
  readonly sum: (unit: UnitBytes) => number;
  /** Some of it is so large that storing it takes a while. */
  readonly slow: boolean;
}

/** Whether storing an element takes a while. */
export const isSlowlyStored = (element: { readonly bytes: Uint8Array } | undefined): boolean =>
  element !== undefined && element.bytes.length > SLOW_STORE;

/** Undefined for maps that hold all in their slots. */
export function outsideOf({ memory, type }: MapPlace, shape: UnitShape): Outside | undefined {
  const sizeOf = (part: number): number => {
    const bytes = memory.read(part, SIZE_BYTES);
    const size = bytes === undefined ? 0 : Number(view(bytes).getBigUint64(0, true));
    return size > MOST_BYTES ? 0 : size;
  };
  const parts: Part[] = [];
  if (type.indirectKey) parts.push({ at: shape.keysAt, stride: shape.keyStride, size: sizeOf(type.key) });
  if (type.indirectElem) parts.push({ at: shape.elemsAt, stride: shape.elemStride, size: sizeOf(type.elem) });
  if (parts.length === 0) return undefined;
  const sum = ({ block, at }: UnitBytes): number => {
    const words = view(block);
    let all = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!isFull(shape.kind, block[at + slot] ?? 0)) continue;
      for (const part of parts) {
        const address = Number(words.getBigUint64(at + part.at + slot * part.stride, true));
        const bytes = memory.read(address, part.size);
        all = bytes === undefined ? Math.imul(all ^ UNREADABLE, UNREADABLE) : crc32(bytes, all);
      }
    }
    return all >>> 0;
  };
  return { sum, slow: parts.some(({ size }) => size > SLOW_STORE) };
}
