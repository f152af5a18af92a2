/**
 * Hits of probes as columns, in the order of their time stamps. Row `i` of every column is one hit. No
 * object stands for a hit before aggregation; faces lift single rows out for display.
 *
 * The producer owns the memory and reuses it: a batch is valid until the consumer returns.
 */
export interface EventBatch {
  /** Valid rows; the columns may be longer. */
  readonly length: number;
  /** CLOCK_MONOTONIC nanoseconds as two 32-bit halves. */
  readonly timeLow: Uint32Array;
  readonly timeHigh: Uint32Array;
  readonly pid: Uint32Array;
  readonly tid: Uint32Array;
  /** ProbeSite.index. */
  readonly probe: Uint16Array;
  /** RECORD_ENTRY or RECORD_EXIT; exit rows have no type, caller, key or frames. */
  readonly kind: Uint8Array;
  /** FLAG_* of record.ts. */
  readonly flags: Uint8Array;
  readonly map: Float64Array;
  /** Entries before (entry rows) or after (exit rows) the operation; not valid with FLAG_COUNT_UNREADABLE. */
  readonly count: Float64Array;
  /** Low half of the map's hash seed, valid with the count: it changes only when a map becomes empty. */
  readonly seed: Uint32Array;
  readonly goid: Float64Array;
  readonly type: Float64Array;
  readonly startPc: Float64Array;
  readonly caller: Float64Array;
  readonly keyForm: Uint8Array;
  readonly keySize: Float64Array;
  readonly keyStored: Uint16Array;
  /** Dynamic type of a key of interface type, else 0. */
  readonly keyType: Float64Array;
  readonly frameCount: Uint8Array;
  /** Where the row's key area, facts, labels and frames begin in `payload`, in bytes; -1 when none were kept. */
  readonly keyAt: Int32Array;
  readonly factsAt: Int32Array;
  readonly labelsAt: Int32Array;
  readonly framesAt: Int32Array;
  readonly payload: Uint8Array;
}
