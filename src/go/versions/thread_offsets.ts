import type { GoVersion } from '../../model/go_version.ts';
import type { ThreadOffsets } from '../../model/patch_plan.ts';
import { knownMinor } from './runtime_offsets.ts';

/**
 * goX/src/runtime/runtime2.go, types g and m; a test compares them with the DWARF of the newest patch of releases.
 * gobuf lost a word in 1.25, and m got one before p in 1.26.
 */
export function threadOffsets(version: GoVersion): ThreadOffsets {
  const minor = knownMinor(version);
  return { gM: 48, mProcid: minor >= 25 ? 64 : 72, mP: minor === 25 ? 200 : 208 };
}
