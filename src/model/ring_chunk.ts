/**
 * Records of one ring, oldest first, as the kernel (or another probe) wrote them. `bytes` is a view of the
 * ring itself: valid until the consumer returns, never written.
 */
export interface RingChunk {
  readonly bytes: Uint8Array;
  /** Where each record begins in `bytes`, and how long it is; `count` of them are valid. */
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly count: number;
}
