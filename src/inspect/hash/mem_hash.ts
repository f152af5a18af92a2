/**
 * The hash functions of a process over plain memory. Seeds and hashes have 64 bits. How they go through a key is
 * key_hash.ts.
 */
export interface MemHash {
  /** Where it comes from: AES instructions, or the functions for machines without them. */
  readonly kind: 'aes' | 'fallback';
  /** memhash of any number of bytes, which strhash is too. */
  hash(data: Uint8Array, seed: bigint): bigint;
  /** memhash of 4 bytes as maps with such keys use it. */
  hash32(data: Uint8Array, seed: bigint): bigint;
  /** The same for 8 bytes. */
  hash64(data: Uint8Array, seed: bigint): bigint;
}
