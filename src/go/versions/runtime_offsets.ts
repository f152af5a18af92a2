import type { GoVersion, MapFlavour } from '../../model/go_version.ts';
import type { RuntimeOffsets } from '../../model/probe_plan.ts';

/** The newest release whose numbers are known. */
export const NEWEST_KNOWN_MINOR = 27;
export const OLDEST_KNOWN_MINOR = 18;

/**
 * Offsets in runtime.g: goX/src/runtime/runtime2.go, type g; checked against the DWARF of the newest patch of
 * each release, also with -race. 1.23 and 1.24 have g.syscallbp before them.
 */
const G: Readonly<Record<number, { readonly goid: number; readonly startpc: number }>> = {
  18: { goid: 152, startpc: 312 },
  19: { goid: 152, startpc: 312 },
  20: { goid: 152, startpc: 312 },
  21: { goid: 152, startpc: 296 },
  22: { goid: 152, startpc: 296 },
  23: { goid: 160, startpc: 304 },
  24: { goid: 160, startpc: 304 },
  25: { goid: 152, startpc: 296 },
  26: { goid: 152, startpc: 304 },
  27: { goid: 152, startpc: 304 },
};

/** From g.startpc to g.labels: the same in all of them, with -race too. */
const LABELS_BEHIND_STARTPC = 48;
/** The first release in which `labelMap` is a list: go1.24 src/runtime/pprof/label.go, whatever its maps are made of. */
const LABELS_AS_LIST = 24;

/** hmap.flags and its bit hashWriting: go1.23.12 src/runtime/map.go. */
const CLASSIC_MARK = { mapWriting: 8, mapWritingMask: 4 };
/** maps.Map.writing: go1.26.8 src/internal/runtime/maps/map.go. */
const SWISS_MARK = { mapWriting: 34, mapWritingMask: 1 };

/** abi.Type.Kind_ with KindDirectIface: up to go1.25 src/internal/abi/type.go. */
const DIRECT_IN_KIND = { typeDirectIface: 23, typeDirectIfaceMask: 0x20 };
/** abi.Type.TFlag with TFlagDirectIface: from go1.26 on. */
const DIRECT_IN_TFLAG = { typeDirectIface: 20, typeDirectIfaceMask: 0x20 };

/** The offsets of a release; those of the newest one known for what is newer. */
export function runtimeOffsets(version: GoVersion, flavour: MapFlavour): RuntimeOffsets {
  const minor = knownMinor(version);
  const g = G[minor];
  if (g === undefined) throw new Error(`internal: no offsets for Go 1.${minor}`);
  return {
    gStackLo: 0,
    gStackHi: 8,
    gGoid: g.goid,
    gStartpc: g.startpc,
    gLabels: g.startpc + LABELS_BEHIND_STARTPC,
    labelsForm: minor < LABELS_AS_LIST ? 'map' : 'list',
    ...(flavour === 'classic' ? CLASSIC_MARK : SWISS_MARK),
    ...(minor <= 25 ? DIRECT_IN_KIND : DIRECT_IN_TFLAG),
  };
}

/** The release whose tables are used. */
export const knownMinor = ({ minor }: GoVersion): number => Math.min(minor, NEWEST_KNOWN_MINOR);

/** Newer than any release whose tables are known. */
export const isNewer = ({ minor }: GoVersion): boolean => minor > NEWEST_KNOWN_MINOR;
