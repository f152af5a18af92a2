import type { MapFlavour } from '../model/go_version.ts';

/** Probes are in place in one process. The first line of a run; again for each process that joins later. */
export interface Attached {
  readonly type: 'attached';
  readonly pid: number;
  /** The program's name, as `ps` shows it. */
  readonly name: string;
  /** `go1.26.8` */
  readonly go_version: string;
  readonly flavour: MapFlavour;
  readonly probes: number;
  readonly attach_ms: number;
}
