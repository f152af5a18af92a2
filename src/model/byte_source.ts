/**
 * Bytes that can be read by position: a file by offset, a process or a loaded image by address, a
 * captured buffer. Everything in binary/ and go/ reads through this and nothing else.
 */
export interface ByteSource {
  /** For messages: a path, `pid 4242`, `buffer`. */
  readonly name: string;
  /**
   * Exactly `length` bytes at `position`, or undefined when not all of them can be read. The bytes
   * belong to the caller's reading only: they may be a view, so they are neither written nor kept.
   */
  read(position: number, length: number): Uint8Array | undefined;
  /** Nothing of it changes any more: it need not be read twice, and waiting for a writer is in vain. */
  readonly frozen?: true;
  /**
   * Of a program that goes on: notes where its threads are. What it gives says whether each of them has gone on since,
   * so that none is still in the middle of a store that had begun. Undefined, or absent, where that is not known.
   */
  progress?(): (() => boolean) | undefined;
}

/** A buffer that answers for the positions `base … base + bytes.length`. */
export function bufferSource(bytes: Uint8Array, name = 'buffer', base = 0): ByteSource {
  return {
    name,
    read(position, length) {
      const start = position - base;
      if (start < 0 || length < 0 || start + length > bytes.length) return undefined;
      return bytes.subarray(start, start + length);
    },
  };
}
