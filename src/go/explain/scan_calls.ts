import { type FileAddr, fileAddr } from '../../model/addr.ts';

/** Code in which calls are looked for, by address in the file. */
export interface CodeSource {
  read(address: FileAddr, length: number): Uint8Array | undefined;
}

/** A place that looks like a call. */
export interface CallCandidate {
  readonly address: FileAddr;
  readonly target: FileAddr;
}

const CALL_REL32 = 0xe8;
const CALL_LENGTH = 5;
const PIECE = 1 << 22;

/**
 * Every place in `[from, to)` whose bytes are a near call (`E8` and a 32-bit distance) of one of the targets,
 * in order of addresses. Bytes inside another instruction can look like that too: check what is found
 * against the function's instructions. Pieces that cannot be read have none.
 */
export function scanCalls(
  code: CodeSource,
  from: FileAddr,
  to: FileAddr,
  targets: ReadonlySet<number>,
): CallCandidate[] {
  const lowest = Math.min(...targets);
  const highest = Math.max(...targets);
  const found: CallCandidate[] = [];
  for (let piece: number = from; piece < to; piece += PIECE) {
    const bytes = code.read(fileAddr(piece), Math.min(PIECE + CALL_LENGTH - 1, to - piece));
    if (bytes === undefined) continue;
    const last = Math.min(PIECE, bytes.length - CALL_LENGTH + 1);
    for (let at = bytes.indexOf(CALL_REL32); at >= 0 && at < last; at = bytes.indexOf(CALL_REL32, at + 1)) {
      const distance =
        (bytes[at + 1] ?? 0) |
        ((bytes[at + 2] ?? 0) << 8) |
        ((bytes[at + 3] ?? 0) << 16) |
        ((bytes[at + 4] ?? 0) << 24);
      const target = piece + at + CALL_LENGTH + distance;
      if (target < lowest || target > highest || !targets.has(target)) continue;
      found.push({ address: fileAddr(piece + at), target: fileAddr(target) });
    }
  }
  return found;
}
