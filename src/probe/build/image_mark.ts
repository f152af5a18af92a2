/** What of a program's code tells it from another: addresses as the process has them, and how its code begins. */
export interface CodeImage {
  readonly text: number;
  readonly etext: number;
  readonly types: number;
  readonly etypes: number;
  /** The first `MARKED_BYTES` of its code: Go's linker puts the build id there. */
  readonly head: Uint8Array;
}

export const MARKED_BYTES = 128;

/**
 * A number for the program that a process runs, as the hook computes it of itself (mapauditImage in
 * go/hook/linux.go.txt): after an exec the pid is the same, and the program is not.
 */
export function imageMark({ text, etext, types, etypes, head }: CodeImage): bigint {
  let mark = OFFSET;
  const mix = (word: bigint): void => {
    mark = BigInt.asUintN(64, (mark ^ word) * PRIME);
  };
  for (const word of [text, etext, types, etypes]) mix(BigInt(word));
  const words = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at < MARKED_BYTES; at += 8) mix(words.getBigUint64(at, true));
  return mark;
}

/** FNV-1a of 64 bits, by words in place of bytes. */
const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
