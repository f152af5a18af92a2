import { Script } from 'node:vm';
import { MapauditError, messageOf } from '../../base/errors.ts';

/** Far more than any honest expression needs for the names of a program. */
const MS = 250;

const SCRIPT = new Script('{ const regex = new RegExp(text); names.map((name) => regex.test(name)); }');

/**
 * Which of the names match a regular expression of JavaScript, as `trace` takes it. It comes from a page or an address
 * and must not hold up the service: there is an end to the time that it may take. Errors: `regex`, `regex-slow`.
 */
export function matching(what: string, text: string, names: readonly string[]): readonly boolean[] {
  try {
    return SCRIPT.runInNewContext({ text, names }, { timeout: MS }) as boolean[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new MapauditError('regex-slow', `${what} takes too long to match`, {
        hint: 'Take out repetitions within repetitions: (a+)+ is a+.',
        cause: error,
      });
    const message = messageOf(error);
    throw new MapauditError(
      'regex',
      `${what} is not a regular expression: ${message.slice(message.lastIndexOf(': ') + 2)}`,
      {
        hint: `JavaScript syntax; put \\ before ( ) [ ] { } . * + ? ^ $ | to mean the character itself: map\\[string\\].`,
        cause: error,
      },
    );
  }
}
