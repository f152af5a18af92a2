import { view } from '../elf/bounded_reader.ts';
import { dwarfCorrupt } from './errors.ts';

/** Reads a section from one place on. What lies beyond `end` is the error `dwarf-corrupt`. */
export class Cursor {
  at: number;
  readonly end: number;
  readonly section: string;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(section: string, bytes: Uint8Array, at = 0, end = bytes.length) {
    this.section = section;
    this.bytes = bytes;
    this.#view = view(bytes);
    this.end = Math.min(end, bytes.length);
    this.at = at;
    if (!(at >= 0 && at <= this.end)) throw this.corrupt(`the offset lies outside`);
  }

  corrupt(what: string): Error {
    return dwarfCorrupt(this.section, this.at, what);
  }

  /** Moves on by `n` bytes; returns where they begin. */
  skip(n: number): number {
    const at = this.at;
    if (!(n >= 0 && at + n <= this.end)) throw this.corrupt(`${n} bytes are missing`);
    this.at = at + n;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u24(): number {
    const at = this.skip(3);
    return this.#view.getUint16(at, true) + this.#view.getUint8(at + 2) * 2 ** 16;
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** A 64-bit number. Above 2^53 it is rounded: no address, size or offset is. */
  u64(): number {
    const at = this.skip(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes. */
  uint(size: number): number {
    if (size === 1) return this.u8();
    if (size === 2) return this.u16();
    if (size === 4) return this.u32();
    if (size === 8) return this.u64();
    throw this.corrupt(`a number of ${size} bytes`);
  }

  uleb(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw this.corrupt('a variable-length number does not end');
  }

  sleb(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return (byte & 0x40) !== 0 ? value - factor : value;
    }
    throw this.corrupt('a variable-length number does not end');
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  block(length: number): Uint8Array {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  text(): string {
    const at = this.at;
    this.skipText();
    return latin(this.bytes, at, this.at - 1);
  }

  skipText(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0 || end >= this.end) throw this.corrupt('a text does not end');
    this.at = end + 1;
  }
}

const decoder = new TextDecoder();
/** Short names are quicker without the decoder. */
function latin(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
