import type { Attached } from './attached.ts';
import type { Notice } from './notice.ts';
import type { TraceOptions } from './options.ts';
import type { Summary } from './summary.ts';

/** What `record` needs: a trace, and what is recorded beside it. */
export interface RecordOptions extends TraceOptions {
  /** Look for races meanwhile, and spend at most this share of the program's CPU time on it. */
  readonly races?: { readonly budget: number };
}

/** Bytes of an evidence file, to be written in the order in which they come. */
export interface EvidenceBytes {
  readonly type: 'bytes';
  readonly bytes: Uint8Array;
}

/** What is in an evidence file that was just finished. */
export interface Recorded {
  readonly type: 'recorded';
  /** Length of the file. */
  readonly bytes: number;
  readonly events: number;
  /** Windows of one second. */
  readonly windows: number;
  /** Steps of growth; absent where they were not recorded. */
  readonly growths?: number;
  /** Different races; absent where they were not looked for. */
  readonly races?: number;
}

/** `attached` first, `summary` last and always; `recorded` stands before it. */
export type RecordLine = Attached | Notice | EvidenceBytes | Recorded | Summary;
