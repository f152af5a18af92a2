import { inflateSync } from 'node:zlib';

/** Unpacks a zlib stream of at most `size` bytes; undefined when it is broken or longer. */
export function inflate(packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflateSync(packed, { maxOutputLength: size });
  } catch {
    return undefined;
  }
}
