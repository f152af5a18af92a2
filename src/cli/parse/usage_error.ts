import { MapauditError, type ErrorDetails } from '../../base/errors.ts';

/** Something is wrong with what was typed: exit code 2. All its codes begin with `usage-`. */
export function usageError(code: string, message: string, details: ErrorDetails = {}): MapauditError {
  return new MapauditError(`usage-${code}`, message, details);
}

/** True for errors of what was typed. */
export function isUsageError(error: unknown): boolean {
  return error instanceof MapauditError && error.code.startsWith('usage-');
}
