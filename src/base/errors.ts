/** What an error carries beside its code and message. */
export interface ErrorDetails {
  /** Facts about the failure, for JSON output and for tests: numbers and short strings. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
  /** The next thing to type or to do, as a full sentence or a command line. */
  readonly hint?: string;
  /** What failed underneath. */
  readonly cause?: unknown;
}

/**
 * The one error that users see. `code` is stable (`elf-truncated`, `no-such-process`), `message` says
 * what happened, `hint` what to type next.
 */
export class MapauditError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  readonly hint: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MapauditError';
    this.code = code;
    this.fields = details.fields ?? {};
    this.hint = details.hint;
  }
}

/** True for a MapauditError, with the given code if one is named. */
export function isMapauditError(error: unknown, code?: string): error is MapauditError {
  return error instanceof MapauditError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
