import { crc32 } from 'node:zlib';
import { view } from '../binary/elf/bounded_reader.ts';
import type { MapPlace } from './scan.ts';
import { isFull, SLOTS, type UnitShape } from './slots.ts';
import type { UnitBytes } from './stable_units.ts';

/** abi.Type.Size_, the first word of a type: go1.18–1.27 src/internal/abi/type.go (before 1.20 src/runtime/type.go). */
const SIZE_BYTES = 8;
/** No key and no element is larger than what a Go type may be here; a descriptor that says so is none. */
const MOST_BYTES = 2 ** 40;
/** What cannot be read has this sum, before and after. */
const UNREADABLE = 0x9e3779b1;

/** Where in a unit the addresses of keys or elements stand, and how large these are. */
interface Part {
  readonly at: number;
  readonly stride: number;
  readonly size: number;
}

/**
 * A checksum of what the full slots of a bucket or group only point to: keys and elements of more than 128 bytes lie
 * elsewhere. They are written to in place, so that their slot does not tell that they have changed.
 */
export type OutsideSum = (unit: UnitBytes) => number;

/** Undefined for maps that hold all in their slots. */
export function outsideOf({ memory, type }: MapPlace, shape: UnitShape): OutsideSum | undefined {
  const sizeOf = (part: number): number => {
    const bytes = memory.read(part, SIZE_BYTES);
    const size = bytes === undefined ? 0 : Number(view(bytes).getBigUint64(0, true));
    return size > MOST_BYTES ? 0 : size;
  };
  const parts: Part[] = [];
  if (type.indirectKey) parts.push({ at: shape.keysAt, stride: shape.keyStride, size: sizeOf(type.key) });
  if (type.indirectElem) parts.push({ at: shape.elemsAt, stride: shape.elemStride, size: sizeOf(type.elem) });
  if (parts.length === 0) return undefined;
  return ({ block, at }) => {
    const words = view(block);
    let all = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!isFull(shape.kind, block[at + slot] ?? 0)) continue;
      for (const part of parts) {
        const address = Number(words.getBigUint64(at + part.at + slot * part.stride, true));
        const bytes = memory.read(address, part.size);
        all = bytes === undefined ? Math.imul(all ^ UNREADABLE, UNREADABLE) >>> 0 : crc32(bytes, all);
      }
    }
    return all >>> 0;
  };
}
