import { MapauditError } from '../../base/errors.ts';
import { NEWEST_KNOWN_MINOR } from './runtime_offsets.ts';

/**
 * A program of a release newer than the tables, of which something is not as in the newest known one. `check`
 * names what was compared, `why` says what was found.
 */
export function tooNew(version: string, check: string, why: string, cause?: unknown): MapauditError {
  return new MapauditError(
    'go-too-new',
    `${version} is newer than this mapaudit knows (go1.${NEWEST_KNOWN_MINOR}), and its ${check} are not as known: ${why}`,
    {
      fields: { version, check },
      hint: `Look for a newer mapaudit, or build the program with Go 1.${NEWEST_KNOWN_MINOR}.`,
      cause,
    },
  );
}
