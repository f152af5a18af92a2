import type { GoVersion } from '../../model/go_version.ts';
import { knownMinor } from './runtime_offsets.ts';

/** Offsets in runtime.moduledata of a data segment: its bounds, and the mask that says which words are pointers. */
export interface SegmentFields {
  readonly name: 'data' | 'bss';
  readonly start: number;
  readonly end: number;
  /** bitvector: the number of words as i32 at 0, the address of the bits at 8. Filled in when the program starts. */
  readonly mask: number;
}

/** gcdatamask; gcbssmask follows it. goX/src/runtime/symtab.go, moduledata; bitvector in stack.go. */
const MASK: Readonly<Record<number, number>> = {
  18: 496, 19: 496, 20: 512, 21: 536, 22: 536, 23: 536, 24: 536, 25: 536, 26: 544, 27: 520,
}; // prettier-ignore

/** The segments whose variables may hold pointers. */
export function segmentFields(version: GoVersion): readonly SegmentFields[] {
  const mask = MASK[knownMinor(version)];
  if (mask === undefined) throw new Error(`internal: no moduledata of Go 1.${version.minor}`);
  return [
    { name: 'data', start: 208, end: 216, mask },
    { name: 'bss', start: 224, end: 232, mask: mask + 16 },
  ];
}
