import { close, fchmodSync, fstatSync, open, statSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { MapauditError, messageOf } from '../../base/errors.ts';

const writeFd = promisify(write);
const closeFd = promisify(close);
const openFd = promisify(open);

/** A full pipe that someone made non-blocking is tried again after this. */
const RETRY_MS = 5;

/** Whoever read the output has gone (`| head`). Not an error: the run ends quietly. */
export class OutputClosed extends Error {
  constructor() {
    super('the reader of the output is gone');
    this.name = 'OutputClosed';
  }
}

/** Where lines go. `write` ends when the system has taken all of the text. */
export interface Sink {
  /** Bytes are UTF-8. */
  write(text: string | Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file descriptor. Node's own streams are not used: on a pipe they buffer without limit, and on a
 * terminal they block the whole process when it is stopped, so that rings would overflow unseen. Here a
 * thread of the pool waits, and the caller's `await` is the back-pressure.
 */
export class FdSink implements Sink {
  readonly #fd: number;
  readonly #name: string;
  readonly #owned: boolean;

  constructor(fd: number, name: string, owned = false) {
    this.#fd = fd;
    this.#name = name;
    this.#owned = owned;
  }

  async write(text: string | Uint8Array): Promise<void> {
    let rest: Uint8Array = typeof text === 'string' ? Buffer.from(text) : text;
    while (rest.length > 0) rest = rest.subarray(await this.#writeSome(rest));
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    try {
      return (await writeFd(this.#fd, bytes)).bytesWritten;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPIPE') throw new OutputClosed();
      if (code !== 'EAGAIN') throw outputError(this.#name, code, error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      return 0;
    }
  }

  async close(): Promise<void> {
    if (!this.#owned) return;
    try {
      await closeFd(this.#fd);
    } catch (error) {
      throw outputError(this.#name, codeOf(error), error);
    }
  }
}

/**
 * Creates or empties a file. Only its owner may read it, also if it was there before: keys can be secrets. Pipes
 * and devices stay as they are. Errors: `output-failed`; `file-exists`, unless a file that is there may be replaced.
 */
export async function openFile(path: string, mayReplace = true): Promise<Sink> {
  const there = statSync(path, { throwIfNoEntry: false });
  // A run that could not begin leaves an empty one: nothing is lost with that.
  if (!mayReplace && there?.isFile() === true && there.size > 0) throw fileExists(path);
  try {
    const fd = await openFd(path, 'w', 0o600);
    const facts = fstatSync(fd);
    if (facts.isFile() && (facts.mode & 0o077) !== 0) fchmodSync(fd, 0o600);
    return new FdSink(fd, path, true);
  } catch (error) {
    throw outputError(path, codeOf(error), error);
  }
}

const fileExists = (path: string): MapauditError =>
  new MapauditError('file-exists', `${path} is there already, and is not overwritten`, {
    hint: 'Choose another name, or add --force.',
    fields: { file: path },
  });

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

const ADVICE: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or write elsewhere with -o FILE.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or write elsewhere with -o FILE.'],
  EACCES: ['no permission', 'Choose a folder that you may write to.'],
  EROFS: ['the file system is read-only', 'Choose a folder that you may write to.'],
  ENOENT: ['there is no such folder', 'Make the folder first.'],
  EPERM: ['it is not yours, and others may read it', 'Write to a file of your own.'],
  EISDIR: ['it is a folder', 'Name a file.'],
};

function outputError(name: string, code: string, cause: unknown): MapauditError {
  const [what, hint] = ADVICE[code] ?? [messageOf(cause), 'Write elsewhere with -o FILE.'];
  return new MapauditError('output-failed', `cannot write to ${name}: ${what}`, {
    fields: { errno: code },
    hint,
    cause,
  });
}
