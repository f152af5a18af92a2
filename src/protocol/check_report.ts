import type { MapFlavour } from '../model/go_version.ts';
import type { MapOp } from '../model/map_op.ts';

/** Facts about the binary. */
export interface CheckBinary {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly go_version: string;
  readonly flavour: MapFlavour;
  /** `example.com/shop`, from the build information. */
  readonly module?: string;
  readonly build_id?: string;
  readonly stripped: boolean;
  readonly pie: boolean;
  readonly cgo?: boolean;
  readonly race?: boolean;
  /** Built with inlining and optimisation off (`-N -l`). */
  readonly unoptimised?: boolean;
}

/** Facts about the process, with `-p`. */
export interface CheckProcess {
  readonly pid: number;
  readonly name: string;
  readonly container?: string;
  /** The file was deleted or replaced since the process began; it is read through /proc. */
  readonly exe_replaced?: boolean;
}

/** One probe: where it goes and why there. */
export interface CheckSite {
  readonly function: string;
  readonly op: MapOp;
  readonly role: 'entry' | 'exit';
  /** As the file names it, `0x4a81f0`. */
  readonly address: string;
  readonly instruction: string;
  /** The kernel emulates the instruction; otherwise it is single-stepped and a hit costs ten times as much. */
  readonly emulated: boolean;
  readonly why: string;
}

/** A function that the binary does not have: a path that this program never takes. Not an error. */
export interface CheckAbsent {
  readonly function: string;
  readonly op: MapOp;
  readonly reason: string;
}

/** Something that the machine or the user's rights must offer. */
export interface Requirement {
  /** `CAP_BPF`, `BPF ring buffer`, `CONFIG_UPROBES`. */
  readonly name: string;
  readonly kind: 'capability' | 'kernel' | 'target';
  readonly met: boolean;
  /** Without it something is slower or missing, but tracing works. */
  readonly optional?: boolean;
  /** What was seen. */
  readonly detail?: string;
  /** What to do, when it is not met. */
  readonly hint?: string;
}

/** The answer to `check`. */
export interface CheckReport {
  readonly type: 'check';
  readonly binary: CheckBinary;
  readonly process?: CheckProcess;
  readonly sites: readonly CheckSite[];
  readonly absent: readonly CheckAbsent[];
  readonly requirements: readonly Requirement[];
  /** All requirements are met that are not optional. */
  readonly ready: boolean;
}
