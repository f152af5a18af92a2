import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Closable } from '../base/dispose.ts';
import { MapauditError } from '../base/errors.ts';
import type { ByteSource } from '../model/byte_source.ts';

/** An open file by offset. */
export interface FileSource extends ByteSource, Closable {
  readonly size: number;
  /** Tells one file from another, whatever names it goes by: device and inode. */
  readonly identity: string;
  readonly inode: number;
  /** Another one once somebody has written to the file: its size, and when that was, in nanoseconds. */
  readonly state: string;
}

const PAGE = 1 << 16;
const PAGES_KEPT = 64;

/**
 * Opens a file for reading by offset. `/proc/PID/exe` works too: for a binary that was deleted or replaced
 * since, and for one in another mount namespace.
 */
export function openFile(path: string): FileSource {
  const fd = open(path);
  const facts = fstatSync(fd);
  if (!facts.isFile()) {
    closeSync(fd);
    throw new MapauditError('cannot-open', `${path}: not a regular file`);
  }
  const { size, dev, ino } = facts;
  const { mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
  const pages = new Map<number, Uint8Array>();
  let closed = false;
  const page = (index: number): Uint8Array => {
    const known = pages.get(index);
    if (known !== undefined) return known;
    const bytes = readAt(fd, index * PAGE, PAGE);
    if (pages.size >= PAGES_KEPT) pages.delete(pages.keys().next().value ?? 0);
    pages.set(index, bytes);
    return bytes;
  };
  return {
    name: path,
    size,
    identity: `${dev}:${ino}`,
    inode: ino,
    state: `${size} ${mtimeNs} ${ctimeNs}`,
    read(position, length) {
      if (closed || position < 0 || length < 0 || position + length > size) return undefined;
      const start = position % PAGE;
      if (start + length > PAGE) return exactly(readAt(fd, position, length), length);
      return exactly(page((position - start) / PAGE).subarray(start, start + length), length);
    },
    close() {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
}

function open(path: string): number {
  try {
    // What is no file must not hold us up before that is seen: a pipe waits for its writer.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw new MapauditError('no-such-file', `${path}: no such file`, { cause });
    if (code === 'EACCES')
      throw new MapauditError('no-permission', `${path}: permission denied`, {
        hint: process.geteuid?.() === 0 ? 'Its file system lets not even root read it.' : 'Run it with sudo.',
        cause,
      });
    throw new MapauditError('cannot-open', `${path}: ${code}`, { cause });
  }
}

/** What can be read of `length` bytes: fewer at the end of the file, and before a place that a disk cannot read. */
function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  try {
    while (done < length) {
      const n = readSync(fd, bytes, done, length - done, position + done);
      if (n === 0) break;
      done += n;
    }
  } catch {
    // The caller sees that bytes are missing.
  }
  return bytes.subarray(0, done);
}

const exactly = (bytes: Uint8Array, length: number): Uint8Array | undefined =>
  bytes.length === length ? bytes : undefined;
