import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Closable } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import { pid as toPid, type Pid } from '../../model/ids.ts';
import type { User } from '../../sys/as_user.ts';
import { openFile } from '../../sys/file_source.ts';
import { parseMappings } from '../../sys/proc/mappings.ts';
import { processStatus } from '../../sys/proc/status.ts';
import { HEADER, MAGIC } from './layout.ts';

/** Where files that programs and readers share lie: memory that no disk is behind. */
export const FOLDER = '/dev/shm';
const NAME = /^mapaudit\.(\d+)$/;
/** What a recorder has left stays so long for `mapaudit crash`. */
const KEEP_MS = 7 * 24 * 3600 * 1000;

/** Where the file of a process is, seen from here, and who it is for. Held: nobody can put another folder there. */
export interface Place extends Closable {
  readonly path: string;
  /** The pid as the process itself sees it. */
  readonly inside: number;
  readonly user: User;
  /** The folder is the process's own: what is done there is done with its user's rights. */
  readonly isForeign: boolean;
  /** Inode of its pid namespace; 0 where that may not be read. */
  readonly space: number;
}

/** Errors: `no-such-process`, `not-permitted`. */
export function placeOf(pid: Pid): Place {
  const status = processStatus(pid);
  if (status === undefined) throw new MapauditError('no-such-process', `there is no process ${pid}`);
  const inside = status.namespacePids.at(-1) ?? pid;
  const folder = foreignFolder(pid);
  return {
    path: `${folder === undefined ? FOLDER : `/proc/self/fd/${folder}`}/mapaudit.${inside}`,
    inside,
    user: status,
    isForeign: folder !== undefined,
    space: namespaceOf(pid),
    close() {
      if (folder !== undefined) closeSync(folder);
    },
  };
}

/** Inode of the pid namespace of a process; 0 where that may not be read. */
export function namespaceOf(pid: number | 'self'): number {
  try {
    return statSync(`/proc/${pid}/ns/pid`).ino;
  } catch {
    return 0;
  }
}

/** Whether the process has this very file mapped; a file of an earlier process with its pid is not. */
export function isMapped(pid: Pid, path: string): boolean {
  const ino = lstatSync(path, { throwIfNoEntry: false })?.ino;
  if (ino === undefined) return false;
  try {
    return parseMappings(readFileSync(`/proc/${pid}/maps`, 'utf8')).some((one) => one.inode === ino);
  } catch {
    return true;
  }
}

export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was not there, or is somebody else's: making ours says so.
  }
}

/** Removes what processes that have ended have left in our folder, as far as it is known to be theirs. */
export function removeStale(now = Date.now()): void {
  const space = namespaceOf('self');
  for (const name of readdirSync(FOLDER)) {
    const [, number] = NAME.exec(name) ?? [];
    const path = join(FOLDER, name);
    if (number === undefined || processStatus(toPid(Number(number))) !== undefined) continue;
    const header = headerOf(path);
    if (header?.space !== space || space === 0) continue;
    if (!header.isRecorder || now - header.changedMs > KEEP_MS) removeFile(path);
  }
}

function headerOf(path: string): { space: number; isRecorder: boolean; changedMs: number } | undefined {
  try {
    const file = openFile(path);
    try {
      const bytes = file.read(0, 256);
      if (bytes === undefined) return undefined;
      const words = new DataView(bytes.buffer, bytes.byteOffset);
      if (words.getBigUint64(HEADER.magic, true) !== MAGIC) return undefined;
      return {
        space: Number(words.getBigUint64(HEADER.space, true)),
        isRecorder: words.getUint32(HEADER.base, true) !== 0,
        changedMs: statSync(path).mtimeMs,
      };
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}

/** O_PATH of open(2), which Node does not name: a place in the file system, whatever rights it asks for. */
const O_PATH = 0x20_0000;
const HELD = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * The folder of a process that does not have ours, opened. No link is followed on the way there: it would lead
 * wherever the process's owner likes, in our own root. /proc/PID/root needs rights that one's own processes in the
 * same namespace do not. Error: `not-permitted`.
 */
function foreignFolder(pid: Pid): number | undefined {
  const itsRoot = join('/proc', String(pid), 'root');
  let folder: number;
  try {
    const parent = openSync(join(itsRoot, 'dev'), HELD);
    try {
      folder = openSync(`/proc/self/fd/${parent}/shm`, HELD);
    } finally {
      closeSync(parent);
    }
  } catch (cause) {
    const isLink = cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR';
    if (!isLink || isSame(statSync('/'), statSync(`${itsRoot}/`))) return undefined;
    throw new MapauditError('not-permitted', `${FOLDER} of pid ${pid} is no folder, but leads elsewhere`, {
      hint: 'Use --probe kernel.',
      cause,
    });
  }
  if (!isSame(fstatSync(folder), statSync(FOLDER))) return folder;
  closeSync(folder);
  return undefined;
}

const isSame = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.dev === b.dev;
