import { isMapauditError, MapauditError } from '../base/errors.ts';
import type { KeptLine } from '../query/who/kept_line.ts';
import { crash } from './crash.ts';

/**
 * The operations that a running process has kept itself (MAPAUDIT=record=last:N), with so many frames of each stack.
 * Error: `nothing-kept`.
 */
export function linesOfRecorder(pid: number, frames: number): readonly KeptLine[] {
  try {
    return crash({ subject: { type: 'pid', pid }, frames }).flatMap((line) =>
      line.type === 'event' ? [line] : [],
    );
  } catch (error) {
    if (!isMapauditError(error, 'no-such-file') && !isMapauditError(error, 'no-recording')) throw error;
    throw new MapauditError(
      'nothing-kept',
      `--since needs operations that were kept, and pid ${pid} keeps none`,
      {
        cause: error,
        hint: 'Keep them from now on with mapaudit trace -p PID --json -o FILE, and ask with --from FILE; or build the program with mapaudit go build and start it with MAPAUDIT=record=last:1000. Without --since, who follows the key from now on.',
      },
    );
  }
}
