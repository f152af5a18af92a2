import { MapauditError } from '../../../base/errors.ts';
import { checkSeccomp, type PayloadCalls } from './check_seccomp.ts';
import { type HeldThread, holdOne, type Places } from './one_thread.ts';
import type { Tracee } from './tracee.ts';

/**
 * Holds a thread whose seccomp filters let it unmap what is left of a probe: each thread may have filters of its own.
 * Called when no site is patched any more. Errors: `memory-stays` when there is none, those of `holdOne`.
 */
export function holdAllowed(tracee: Tracee, places: Places, calls: PayloadCalls): HeldThread {
  const refused = new Set<number>();
  for (;;) {
    const held = holdOne(tracee, places, refused);
    try {
      checkSeccomp(tracee, held.thread.tid, calls);
      return held;
    } catch (error) {
      held.thread.release();
      if (!(error instanceof MapauditError) || error.code !== 'seccomp') throw error;
      refused.add(held.thread.tid);
      if (tracee.threads().every((tid) => refused.has(tid))) throw memoryStays(tracee, calls, error);
    }
  }
}

function memoryStays(tracee: Tracee, { place }: PayloadCalls, cause: MapauditError): MapauditError {
  const { pid } = tracee;
  const bytes = place.codeBytes + Math.max(0, place.sharedBytes);
  return new MapauditError(
    'memory-stays',
    `pid ${pid}: all jumps are out of its code, but ${Math.ceil(bytes / 1024)} KB of memory for them stay mapped: ` +
      'a seccomp filter that was set after they had come does not allow munmap',
    {
      hint:
        'Nobody uses that memory; it goes when the program ends, and nothing takes it out before. ' +
        'Until then --probe kernel works there, and --probe inline does not.',
      fields: { pid, bytes },
      cause,
    },
  );
}
