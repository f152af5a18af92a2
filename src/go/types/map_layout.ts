import type { GoVersion, MapFlavour } from '../../model/go_version.ts';
import type { MapType } from './go_type.ts';

type Layout = Pick<MapType, 'indirectKey' | 'indirectElem' | 'layout'>;

/** Reads the part of a map type descriptor that says how its slots lie. The bits differ by flavour. */
export function mapLayout(words: DataView, flavour: MapFlavour, version: GoVersion): Layout | undefined {
  if (flavour === 'classic') return classic(words);
  if (version.minor >= 27) return words.byteLength < 132 ? undefined : withStrides(words);
  return words.byteLength < 108 ? undefined : withSlots(words);
}

/** go1.23.12 src/internal/abi/map.go, MapType (before 1.21 src/runtime/type.go, maptype). */
function classic(words: DataView): Layout {
  const flags = words.getUint32(84, true);
  return {
    indirectKey: (flags & 1) !== 0,
    indirectElem: (flags & 2) !== 0,
    layout: {
      kind: 'classic',
      keySlot: words.getUint8(80),
      elemSlot: words.getUint8(81),
      bucketSize: words.getUint16(82, true),
    },
  };
}

/** go1.24–1.26 src/internal/abi/map_swiss.go: SlotSize, ElemOff, Flags. A group begins with its control word. */
function withSlots(words: DataView): Layout {
  const slot = number(words, 88);
  const flags = words.getUint32(104, true);
  return {
    ...indirect(flags),
    layout: {
      kind: 'swiss',
      groupSize: number(words, 80),
      keysOffset: 8,
      keyStride: slot,
      elemsOffset: 8 + number(words, 96),
      elemStride: slot,
    },
  };
}

/** go1.27.4 src/internal/abi/map.go: KeysOff, KeyStride, ElemsOff, ElemStride, Flags. */
function withStrides(words: DataView): Layout {
  return {
    ...indirect(words.getUint32(128, true)),
    layout: {
      kind: 'swiss',
      groupSize: number(words, 80),
      keysOffset: number(words, 88),
      keyStride: number(words, 96),
      elemsOffset: number(words, 104),
      elemStride: number(words, 112),
    },
  };
}

const indirect = (flags: number): Pick<Layout, 'indirectKey' | 'indirectElem'> => ({
  indirectKey: (flags & 4) !== 0,
  indirectElem: (flags & 8) !== 0,
});

const number = (words: DataView, at: number): number => Number(words.getBigUint64(at, true));
