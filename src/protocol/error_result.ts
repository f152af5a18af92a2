import { MapauditError, messageOf } from '../base/errors.ts';

/** An error as it crosses a process or is printed with `--json`. */
export interface ErrorResult {
  readonly type: 'error';
  /** Stable: `no-such-process`. `internal` is a fault of mapaudit. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** Anything that was thrown, as a result. */
export function toErrorResult(error: unknown): ErrorResult {
  if (!(error instanceof MapauditError))
    return { type: 'error', code: 'internal', message: messageOf(error) };
  return {
    type: 'error',
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Object.keys(error.fields).length === 0 ? {} : { fields: error.fields }),
  };
}
