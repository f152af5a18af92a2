import type { MapFlavour } from '../model/go_version.ts';
import type { WatchedBytes } from './watch.ts';

/**
 * Probes are in place: in one process, or with `exe` in a file, for all processes that run it. The first line of a
 * run; again for each process (or file) that joins later.
 */
export interface Attached {
  readonly type: 'attached';
  /** Absent with `exe`. */
  readonly pid?: number;
  /** The file, where all processes that run it are audited, also those to come. */
  readonly exe?: string;
  /** The program's name, as `ps` shows it. */
  readonly name: string;
  /** `go1.26.8` */
  readonly go_version: string;
  readonly flavour: MapFlavour;
  readonly probes: number;
  readonly attach_ms: number;
  /** The inline probe: how long those of its threads that ran stood still, in milliseconds. */
  readonly still_ms?: number;
  /** `watch --key`: the bytes that are watched, and those that are not. */
  readonly watching?: WatchedBytes;
}
