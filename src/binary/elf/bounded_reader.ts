import { MapauditError } from '../../base/errors.ts';
import { hex } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';

/** A file that does not hold what it says. */
export function corrupt(name: string, offset: number, what: string): MapauditError {
  return new MapauditError('elf-corrupt', `${name} is corrupt at offset ${hex(offset)}: ${what}`, {
    fields: { offset },
    hint: 'Build or copy the binary again.',
  });
}

/** Little-endian numbers of a file by offset; reading beyond its end is the error `elf-corrupt`. */
export class BoundedReader {
  readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
  }

  get name(): string {
    return this.source.name;
  }

  bytes(offset: number, length: number): Uint8Array {
    const bytes = Number.isSafeInteger(offset + length) ? this.source.read(offset, length) : undefined;
    if (bytes === undefined) throw corrupt(this.name, offset, `${length} bytes are missing`);
    return bytes;
  }

  u16(offset: number): number {
    return view(this.bytes(offset, 2)).getUint16(0, true);
  }

  u32(offset: number): number {
    return view(this.bytes(offset, 4)).getUint32(0, true);
  }

  /** A 64-bit number; one beyond 2^53 is no offset, size or address of a real file. */
  u64(offset: number): number {
    const exact = view(this.bytes(offset, 8)).getBigUint64(0, true);
    const value = Number(exact);
    if (!Number.isSafeInteger(value)) throw corrupt(this.name, offset, `number ${exact}`);
    return value;
  }
}

export const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
