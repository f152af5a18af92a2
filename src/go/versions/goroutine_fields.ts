import type { GoVersion } from '../../model/go_version.ts';
import { knownMinor } from './runtime_offsets.ts';

/** Offsets in runtime.g that are needed to walk the stack of a goroutine that does not run. */
export interface GoroutineFields {
  readonly stackLo: number;
  readonly stackHi: number;
  /** gobuf: where it goes on. */
  readonly schedSp: number;
  readonly schedPc: number;
  /** gobuf.g: the goroutine itself, once it has been switched away from. */
  readonly schedG: number;
  /** Where it is in a system call. */
  readonly syscallSp: number;
  readonly syscallPc: number;
  readonly status: number;
  readonly goid: number;
  /** Bytes up to the last of these fields. */
  readonly size: number;
}

const COMMON = { stackLo: 0, stackHi: 8, schedSp: 56, schedPc: 64, schedG: 72 };

/**
 * goX/src/runtime/runtime2.go, types g and gobuf; a test compares them with the DWARF of the newest patch of
 * releases. gobuf lost a word in 1.25; 1.23 added g.syscallbp.
 */
export function goroutineFields(version: GoVersion): GoroutineFields {
  const minor = knownMinor(version);
  const syscallSp = minor >= 25 ? 104 : 112;
  const status = minor === 23 || minor === 24 ? 152 : 144;
  return { ...COMMON, syscallSp, syscallPc: syscallSp + 8, status, goid: status + 8, size: status + 16 };
}
