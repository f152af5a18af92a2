import { existsSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MapauditError } from '../../base/errors.ts';
import { pid as toPid, type Pid } from '../../model/ids.ts';
import { openFile } from '../../sys/file_source.ts';
import { parseMappings } from '../../sys/proc/mappings.ts';
import { processStatus } from '../../sys/proc/status.ts';
import { HEADER, MAGIC, MODE } from './layout.ts';

/** Where files that programs and readers share lie: memory that no disk is behind. */
export const FOLDER = '/dev/shm';
const NAME = /^mapaudit\.(\d+)$/;
/** What a recorder has left stays so long for `mapaudit crash`. */
const KEEP_MS = 7 * 24 * 3600 * 1000;

/** Where the file of a process is, seen from here, and who it is for. */
export interface Place {
  readonly path: string;
  /** The pid as the process itself sees it. */
  readonly inside: number;
  readonly uid: number;
  /** Inode of its pid namespace; 0 where that may not be read. */
  readonly space: number;
}

/** Errors: `no-such-process`. */
export function placeOf(pid: Pid): Place {
  const status = processStatus(pid);
  if (status === undefined) throw new MapauditError('no-such-process', `there is no process ${pid}`);
  const inside = status.namespacePids.at(-1) ?? pid;
  const direct = `${FOLDER}/mapaudit.${inside}`;
  const path = sharesFolder(pid) ? direct : `/proc/${pid}/root${direct}`;
  return { path, inside, uid: status.uid, space: namespaceOf(pid) };
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
  if (!existsSync(path)) return false;
  const { ino } = statSync(path);
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
        isRecorder: (words.getUint32(HEADER.mode, true) & MODE.overwrite) !== 0,
        changedMs: statSync(path).mtimeMs,
      };
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}

/** /proc/PID/root needs rights that one's own processes in the same namespace do not. */
function sharesFolder(pid: Pid): boolean {
  try {
    const [own, theirs] = [FOLDER, `/proc/${pid}/root${FOLDER}`].map((path) => statSync(path));
    return own?.ino === theirs?.ino && own?.dev === theirs?.dev;
  } catch {
    return true;
  }
}
