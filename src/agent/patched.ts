import { readFileSync } from 'node:fs';
import { MapauditError } from '../base/errors.ts';
import { hasJumps } from '../probe/inline/has_jumps.ts';
import { MEMORY_NAME } from '../probe/inline/inject/payload.ts';

/**
 * Refuses to place uprobes in a process that has the inline probe in it: one of them could come to stand in the middle
 * of a jump. Errors: `already-audited`, those of `hasJumps`.
 */
export function refusePatched(pid: number): void {
  if (!hasMemory(pid) || !hasJumps(pid)) return;
  throw new MapauditError('already-audited', `pid ${pid} has the inline probe of a mapaudit in it`, {
    hint: `End that run first; where it was killed: mapaudit detach -p ${pid}.`,
    fields: { pid },
  });
}

function hasMemory(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes(`/memfd:${MEMORY_NAME} `);
  } catch {
    return false;
  }
}
