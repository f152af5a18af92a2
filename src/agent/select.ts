import { statSync } from 'node:fs';
import { MapauditError } from '../base/errors.ts';
import { pid as toPid, type Pid } from '../model/ids.ts';
import type { Selection } from '../protocol/selection.ts';
import { globMatcher } from '../query/glob.ts';
import { exeIdentity, listProcesses } from '../sys/proc/process.ts';

/** The processes that a selection means now. A pid is taken as it is: opening it says whether it is there. */
export function selectPids(selection: Selection): readonly Pid[] {
  switch (selection.type) {
    case 'pid':
      return [toPid(selection.pid)];
    case 'exe': {
      const identity = fileIdentity(selection.path);
      return listProcesses()
        .map((p) => p.pid)
        .filter((pid) => exeIdentity(pid) === identity);
    }
    case 'name': {
      const matches = globMatcher(selection.glob);
      return listProcesses()
        .filter((p) => p.pid !== process.pid && matches(p.name))
        .map((p) => p.pid);
    }
  }
}

/** Device and inode of a file. Error: `no-such-file`. */
export function fileIdentity(path: string): string {
  const identity = identityOf(path);
  if (identity !== undefined) return identity;
  throw new MapauditError('no-such-file', `${path}: no such file`, { hint: 'Give the path of the program.' });
}

/** The same; undefined where there is none. */
export function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
