import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { MapauditError, messageOf } from '../base/errors.ts';

/**
 * A file that the user has named, whole. Never waits: a pipe that nobody writes to would hold up the process for ever,
 * and its end too. Errors: `no-such-file`, `not-a-file`, `file-too-large`.
 */
export function regularFile(path: string, mostBytes: number, hint: string): Buffer {
  const fields = { file: path };
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (cause) {
    throw new MapauditError('no-such-file', `${path} cannot be read`, { cause, hint, fields });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new MapauditError('not-a-file', `${path} is no regular file`, { hint, fields });
    if (stat.size > mostBytes)
      throw new MapauditError('file-too-large', `${path} is larger than ${mostBytes} bytes`, {
        hint,
        fields,
      });
    return readFileSync(fd);
  } catch (cause) {
    if (cause instanceof MapauditError) throw cause;
    throw new MapauditError('no-such-file', `${path} cannot be read: ${messageOf(cause)}`, {
      cause,
      hint,
      fields,
    });
  } finally {
    closeSync(fd);
  }
}
