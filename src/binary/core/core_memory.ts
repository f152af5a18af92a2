import type { ByteSource } from '../../model/byte_source.ts';
import type { CoreFile, CoreSegment } from './core_file.ts';

/** What the core left out, from elsewhere: how many bytes can be had at an address, at most `length`. */
export type LeftOut = (address: number, length: number) => Uint8Array | undefined;

/**
 * The memory of the process by address. What the core does not hold comes from `leftOut`, else it is absent;
 * a read may go over several segments.
 */
export function coreMemory(core: CoreFile, leftOut: LeftOut = () => undefined): ByteSource {
  const pieceAt = (address: number, length: number): Uint8Array | undefined => {
    const segment = segmentAt(core.segments, address);
    const inside = segment === undefined ? -1 : segment.offset + address - segment.start;
    const held = segment === undefined ? 0 : segment.start + segment.held - address;
    if (held > 0) return core.source.read(inside, Math.min(length, held));
    // Files are only asked for what was not written to: those of writable segments may have been.
    if (segment?.writable === true) return undefined;
    const end = segment?.end ?? nextStart(core.segments, address);
    return leftOut(address, Math.min(length, end - address));
  };
  return {
    name: core.source.name,
    frozen: true,
    read(position, length) {
      if (position < 0 || length < 0) return undefined;
      const first = pieceAt(position, length);
      if (first === undefined || first.length === length) return first;
      const all = new Uint8Array(length);
      all.set(first);
      for (let done = first.length; done < length;) {
        const piece = pieceAt(position + done, length - done);
        if (piece === undefined || piece.length === 0) return undefined;
        all.set(piece, done);
        done += piece.length;
      }
      return all;
    },
  };
}

/** Number of the first segment that ends behind the address. */
function indexOf(segments: readonly CoreSegment[], address: number): number {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.end ?? 0) > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

function segmentAt(segments: readonly CoreSegment[], address: number): CoreSegment | undefined {
  const segment = segments[indexOf(segments, address)];
  return segment !== undefined && segment.start <= address ? segment : undefined;
}

const nextStart = (segments: readonly CoreSegment[], address: number): number =>
  segments[indexOf(segments, address)]?.start ?? Infinity;
