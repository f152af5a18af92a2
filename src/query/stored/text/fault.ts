import { MapauditError } from '../../../base/errors.ts';
import { pointAt } from '../../../protocol/text/point_at.ts';

/** A fault of a question, with a caret under its character `at`. A usage error: exit code 2. */
export function queryFault(text: string, at: number, what: string, hint: string): MapauditError {
  return new MapauditError('usage-query', `${what}\n${pointAt(text, at)}`, {
    hint,
    fields: { position: at },
  });
}
