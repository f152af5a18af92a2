import { view } from '../binary/elf/bounded_reader.ts';
import type { Addr } from '../model/addr.ts';

/** 2^32 by the golden ratio: odd, so that multiplying by it loses nothing. */
const MIX = 0x9e3779b1;

let words: DataView = new DataView(new ArrayBuffer(0));

/**
 * A checksum of 32 bits of a bucket's or group's bytes, whose number is a multiple of eight, and of where it
 * lies. Each step can be undone, so that a change of one word always changes it.
 */
export function unitDigest(block: Uint8Array, at: number, length: number, address: Addr): number {
  if (words.buffer !== block.buffer || words.byteOffset !== block.byteOffset) words = view(block);
  let sum = Math.imul(address >>> 0, MIX) ^ Math.floor(address / 2 ** 32);
  for (let i = at; i < at + length; i += 4) {
    sum = Math.imul(sum ^ words.getInt32(i, true), MIX);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
}
