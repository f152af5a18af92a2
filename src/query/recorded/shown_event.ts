import type { EventFrame } from '../../protocol/event.ts';

/** How much of recorded events is shown. */
export interface Showing {
  /** Frames of the stack beyond the caller; 0 is none. */
  readonly frames: number;
  readonly showPid: boolean;
}

/** What of an event may be left out. */
interface Shown {
  readonly pid?: number;
  readonly stack?: readonly EventFrame[];
}

/** An event as a live run would show it: the parts in the same order. */
export function shownEvent<E extends Shown>(event: E, { frames, showPid }: Showing): E {
  const shown: { -readonly [K in keyof E]: E[K] } = { ...event };
  if (!showPid) delete shown.pid;
  if (shown.stack === undefined) return shown;
  if (frames === 0) delete shown.stack;
  else shown.stack = firstFrames(shown.stack, frames);
  return shown;
}

/** The caller's frames, and those of so many calls beyond; each call ends with the frame that was not inlined. */
function firstFrames(stack: readonly EventFrame[], calls: number): readonly EventFrame[] {
  let seen = 0;
  for (const [i, frame] of stack.entries()) {
    if (!frame.inlined) seen++;
    if (seen > calls) return stack.slice(0, i + 1);
  }
  return stack;
}
