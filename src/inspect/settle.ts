import type { MapPlace } from './scan.ts';

/** A thread that does not get a processor for so many pauses is not waited for any longer. */
const MOST_PAUSES = 100;

/**
 * Waits until the program's threads have gone on for a while. A large value is stored by the program itself, behind
 * the back of the runtime's functions: a thread that is put off its processor in the middle of that leaves half of it
 * in memory, where two reads find the same. Only what is the same after that thread has gone on is a value. False: not
 * all have, in the time that there is.
 */
export function settle({ memory, pause }: Pick<MapPlace, 'memory' | 'pause'>): boolean {
  const haveGoneOn = memory.frozen === true ? undefined : memory.progress?.();
  if (haveGoneOn === undefined) return true;
  for (let i = 0; !haveGoneOn(); i++) if (i === MOST_PAUSES || !pause()) return false;
  return true;
}
