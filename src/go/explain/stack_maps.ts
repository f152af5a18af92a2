import type { CodeOutline } from '../../binary/x86/outline.ts';
import type { MapFlavour } from '../../model/go_version.ts';
import type { CallSite } from './map_code.ts';
import { originBefore } from './origin.ts';

/** hmap.hash0 (go1.18–1.25 src/runtime/map.go) and maps.Map.seed (go1.24–1.27 internal/runtime/maps/map.go). */
const SEED_OFFSET = { classic: 12, swiss: 8, 'swiss-split': 8 } as const;

/** The seed is stored right after it was made; with -race it is put aside first, while the store is announced. */
const LOOK_AHEAD = 8;

/**
 * Where in the frame the header of a map lies for which this call makes the random seed; undefined when the
 * result goes elsewhere: then it is no map. A map that does not escape, with no hint or a constant one up to
 * 8, is made without any call but this one. go1.18–1.27 src/cmd/compile/internal/walk/builtin.go, walkMakeMap.
 */
// The last of the stores counts: what comes before only puts the seed aside.
export function headerOnStack(code: CodeOutline, site: CallSite, flavour: MapFlavour): number | undefined {
  const index = code.indexAt(site.address);
  let found: number | undefined;
  for (let at = (index ?? code.length) + 1; at <= (index ?? 0) + LOOK_AHEAD; at++) {
    const i = code.at(at);
    if (i === undefined || (i.flow !== 'next' && i.flow !== 'call')) break;
    const { memory, op1 } = i;
    if (i.mnemonic !== 'mov' || i.op0 !== undefined || op1 === undefined || memory?.base === undefined)
      continue;
    const stored = originBefore(code, at, op1);
    if (stored?.kind !== 'result' || stored.call !== site.address) continue;
    const header = memory.displacement - SEED_OFFSET[flavour];
    if (memory.base !== 'RSP') {
      const base = originBefore(code, at, memory.base);
      if (base?.kind === 'frame') found = base.displacement + header;
    } else if (isAddressTaken(code, header)) found = header;
  }
  return found;
}

function isAddressTaken(code: CodeOutline, displacement: number): boolean {
  for (let at = 0; at < code.length; at++) {
    const i = code.at(at);
    if (i?.mnemonic !== 'lea' || i.memory?.base !== 'RSP') continue;
    if (i.memory.displacement === displacement) return true;
  }
  return false;
}
