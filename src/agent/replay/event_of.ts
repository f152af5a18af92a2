import { MapauditError } from '../../base/errors.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import { checkEvent, MalformedLine } from '../../query/who/kept_line.ts';

/** An event of a section that is as it was written. Error: `evidence-damaged`, for what is none. */
export function eventOf(path: string, line: unknown): TraceEvent {
  try {
    return checkEvent(line);
  } catch (error) {
    if (!(error instanceof MalformedLine)) throw error;
    throw new MapauditError(
      'evidence-damaged',
      `${path} holds an event that mapaudit does not write: "${error.message}" is missing or makes no sense`,
      {
        hint: 'The file was made by something else, or changed.',
        fields: { file: path, part: error.message },
      },
    );
  }
}
