import { existsSync, statSync } from 'node:fs';
import { isMapauditError, MapauditError } from '../base/errors.ts';
import { type CoreFile, parseCore } from '../binary/core/core_file.ts';
import { coreMemory } from '../binary/core/core_memory.ts';
import type { ByteSource } from '../model/byte_source.ts';
import { FOLDER } from '../probe/build/place.ts';
import { noRecording, type Recording, recordingIn } from '../probe/build/recording.ts';
import type { CrashSubject } from '../protocol/crash.ts';
import { monotonicNs } from '../sys/clock.ts';
import { type FileSource, openFile } from '../sys/file_source.ts';

/**
 * The recording of a process that has gone: the file that it left, a copy of that, or a core dump. Errors: those of
 * `openFile` and `parseCore`, `no-recording`, `damaged-recording`, `core-no-rings`.
 */
export function recordingOf(subject: CrashSubject): Recording {
  const path = subject.type === 'file' ? subject.path : `${FOLDER}/mapaudit.${subject.pid}`;
  if (subject.type !== 'file' && !existsSync(path))
    throw noRecording(path, `process ${subject.pid} has left no recording`);
  const file = openFile(path);
  try {
    return isElf(file) ? recordingOfCore(file) : recordingIn(file);
  } finally {
    file.close();
  }
}

const isElf = (file: FileSource): boolean =>
  Buffer.from(file.read(0, 4) ?? []).toString('latin1') === '\x7fELF';

/**
 * Milliseconds by which a file's time may lie before what happened: file systems stamp with the time of the last timer
 * tick, of which the slowest kernels have 100 a second (Linux, fs/inode.c: current_time), and a program may live for
 * less than one. Twice that: both times are rounded.
 */
const FILE_TIME_LAG_MS = 20;

/** As the kernel names it in NT_FILE. */
const RINGS = /^(.*\/mapaudit\.(\d+))(?: \(deleted\))?$/;

/**
 * From the core itself when the kernel was asked to dump files that are shared (bit 3 of coredump_filter, which is off
 * by default), else from the file that the core says it had, if that is still there and of that process.
 */
function recordingOfCore(source: FileSource): Recording {
  const core = parseCore(source);
  const mapping = core.mappings.find(({ path, fileOffset }) => fileOffset === 0 && RINGS.test(path));
  if (mapping === undefined) throw noRecording(source.name, 'the program of this core dump had no recorder');
  const memory = coreMemory(core);
  if (memory.read(mapping.start, 4096) !== undefined)
    return recordingIn({
      name: source.name,
      read: (position, length) => memory.read(mapping.start + position, length),
    } satisfies ByteSource);
  const [, path = '', pid = ''] = RINGS.exec(mapping.path) ?? [];
  return beside(path, Number(pid), core, source) ?? fail(source.name, path);
}

/** What lies where the core's process had its file; undefined unless it is that process's. */
function beside(path: string, pid: number, core: CoreFile, source: FileSource): Recording | undefined {
  if (!existsSync(path)) return undefined;
  const file = openFile(path);
  try {
    const recording = recordingIn(file);
    const inCode = core.mappings.some(({ start, end }) => recording.text >= start && recording.text < end);
    // A process with the same pid that began after the core was written is another.
    const ageMs = Number(monotonicNs() - recording.startNs) / 1e6;
    const isLater = Date.now() - ageMs > statSync(source.name).mtimeMs + FILE_TIME_LAG_MS;
    return recording.pid === pid && inCode && !isLater ? recording : undefined;
  } catch (error) {
    if (isMapauditError(error, 'no-recording') || isMapauditError(error, 'damaged-recording'))
      return undefined;
    throw error;
  } finally {
    file.close();
  }
}

function fail(core: string, path: string): never {
  throw new MapauditError(
    'core-no-rings',
    `${core} does not hold the recorded operations, and ${path} is ${existsSync(path) ? 'not what this process left' : 'gone'}`,
    {
      hint:
        'Keep a copy of that file beside the core. Or have the kernel dump it, too: `echo 0x3b > /proc/self/coredump_filter` ' +
        'in the shell that starts the program (bit 3: files that are shared).',
      fields: { file: path },
    },
  );
}
