import { isMapauditError } from '../../base/errors.ts';
import { parseListen } from '../../api/index.ts';
import { usageError } from './usage_error.ts';

/** `HOST:PORT`, checked and left as it is. */
export function parseListenText(text: string): string {
  try {
    parseListen(text);
    return text;
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    throw usageError('listen', error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
}
