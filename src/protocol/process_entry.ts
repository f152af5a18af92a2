import type { MapFlavour } from '../model/go_version.ts';

/** One Go process of this machine. */
export interface ProcessEntry {
  readonly type: 'process';
  readonly pid: number;
  readonly name: string;
  /** The binary's path, as its own mount namespace names it. */
  readonly exe?: string;
  readonly user?: string;
  /** `go1.26.8`; absent when it could not be read. */
  readonly go_version?: string;
  readonly flavour?: MapFlavour;
  /** Short id of the container it runs in. */
  readonly container?: string;
  readonly auditable: boolean;
  /** Why not, or what is limited. */
  readonly reason?: string;
  /** What to do about it. */
  readonly hint?: string;
}
