import type { EventFrame, TraceEvent } from '../../protocol/event.ts';

/** How much of recorded events is shown. */
export interface Showing {
  /** Frames of the stack beyond the caller; 0 is none. */
  readonly frames: number;
  readonly showPid: boolean;
}

/** An event as a live run would show it: the parts in the same order. */
export function shownEvent(event: TraceEvent, { frames, showPid }: Showing): TraceEvent {
  const { pid: _, ...withoutPid } = event;
  const shown: TraceEvent = showPid ? event : withoutPid;
  const { stack, ...withoutStack } = shown;
  if (stack === undefined) return shown;
  return frames === 0 ? withoutStack : { ...shown, stack: firstFrames(stack, frames) };
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
