/**
 * Something that the user should know while a run goes on: events are being lost, a process joined or left,
 * an option has no effect here. Shown on stderr.
 */
export interface Notice {
  readonly type: 'notice';
  /** `info` explains, `warning` says that the output is less than what was asked for. */
  readonly level: 'info' | 'warning';
  /** Stable: `events-lost`, `process-left`. */
  readonly code: string;
  readonly message: string;
  /** What to type or do next. */
  readonly hint?: string;
}
