import { HEADER_BYTES, decodeHeader } from './inject/journal.ts';
import { MEMORY_NAME } from './inject/payload.ts';
import { same } from './inject/remains.ts';
import { Tracee } from './inject/tracee.ts';

/**
 * Whether jumps of a mapaudit stand in the code of a process. Memory alone may be left where it could not be unmapped,
 * and is in nobody's way. What cannot be read counts as jumps. Errors: `no-such-process`, and those of rights.
 */
export function hasJumps(pid: number): boolean {
  const tracee = new Tracee(pid);
  try {
    const code = tracee
      .mappings()
      .find(({ name, rights }) => name.startsWith(`/memfd:${MEMORY_NAME}`) && rights.includes('x'));
    if (code === undefined) return false;
    const head = tracee.read(code.start, HEADER_BYTES);
    if (head.length < HEADER_BYTES) return true;
    // It is written before the first jump.
    const sites = decodeHeader(head)?.sites ?? [];
    return sites.some(({ address, original }) => !same(tracee.read(address, original.length), original));
  } finally {
    tracee.close();
  }
}
