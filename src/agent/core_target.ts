import type { Closable } from '../base/dispose.ts';
import { isMapauditError, MapauditError } from '../base/errors.ts';
import { parseCore } from '../binary/core/core_file.ts';
import { exePathOf } from '../binary/core/exe_of.ts';
import { type CoreProgram, openCoreProgram } from '../inspect/core/core_program.ts';
import type { Notice } from '../protocol/notice.ts';
import { type FileSource, openFile } from '../sys/file_source.ts';
import { inflate } from '../sys/inflate.ts';

/** A core dump that was opened with its program. */
export interface CoreTarget extends Closable {
  readonly program: CoreProgram;
  /** The program's file. */
  readonly exe: string;
}

/**
 * Opens a core dump; without `exe` with the program that it names. Errors: those of `openFile` and
 * `openCoreProgram`; `core-no-exe` when the core's program is not there or not named.
 */
export function openCoreTarget(path: string, exe?: string): CoreTarget {
  const core = openFile(path);
  try {
    const program = exe === undefined ? openNamed(core) : openFile(exe);
    try {
      const close = (): void => {
        core.close();
        program.close();
      };
      return { program: openCoreProgram({ core, exe: program, inflate }), exe: program.name, close };
    } catch (error) {
      program.close();
      throw error;
    }
  } catch (error) {
    core.close();
    throw error;
  }
}

/** What is said of a core that was cut off. */
export const cutOffNotice = (core: string): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'core-cut-off',
  message: `${core} ends too early: a part of the program's memory is missing`,
  hint: 'Copy it again; was the disk full, or ulimit -c too low?',
});

/** The program that the core names. */
function openNamed(core: FileSource): FileSource {
  const path = exePathOf(parseCore(core));
  const hint = 'Give the program that ran by --exe FILE.';
  if (path === undefined)
    throw new MapauditError('core-no-exe', `${core.name} does not say which program it is of`, { hint });
  try {
    return openFile(path);
  } catch (cause) {
    if (!isMapauditError(cause, 'no-such-file')) throw cause;
    throw new MapauditError('core-no-exe', `${core.name} is a core of ${path}, which is not there`, {
      hint,
      cause,
      fields: { exe: path },
    });
  }
}
