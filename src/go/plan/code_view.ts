import type { FileAddr, FileOffset } from '../../model/addr.ts';
import type { GoVersion, MapFlavour } from '../../model/go_version.ts';
import type { RuntimeOffsets } from '../../model/probe_plan.ts';

/** A function of the binary. */
export interface CodeFunction {
  readonly name: string;
  readonly start: FileAddr;
  readonly end: FileAddr;
}

/** What planning needs to know of a binary. */
export interface CodeView {
  readonly version: GoVersion;
  readonly flavour: MapFlavour;
  readonly offsets: RuntimeOffsets;
  /** The release is newer than the tables: what was taken from them must be confirmed by the code. */
  readonly assumed: boolean;
  functionNamed(name: string): CodeFunction | undefined;
  functionAt(address: FileAddr): CodeFunction | undefined;
  readCode(f: CodeFunction): Uint8Array;
  /** Bytes of the file's image, or undefined. */
  read(address: FileAddr, length: number): Uint8Array | undefined;
  fileOffsetOf(address: FileAddr): FileOffset | undefined;
}
