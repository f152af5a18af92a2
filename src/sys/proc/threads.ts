import { readdirSync } from 'node:fs';
import type { Pid } from '../../model/ids.ts';

/** The threads of a process now; undefined when it is gone. */
export function threadsOf(pid: Pid): readonly number[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return undefined;
  }
}
