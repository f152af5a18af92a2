import type { MapsFound } from './states_of.ts';

/** What the reader is asked: the maps of a process. */
export interface LookAsked {
  readonly pid: number;
  /** As /proc/PID/stat has it: another process may have the pid by now. */
  readonly startTime: string;
}

/** What it answers, in the order of the questions. */
export type LookAnswer =
  | {
      readonly type: 'found';
      readonly found: MapsFound;
      /** CPU time of the reader that it took, milliseconds. */
      readonly cpuMs: number;
    }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly cpuMs: number;
    };
