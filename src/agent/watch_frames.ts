import { view } from '../binary/elf/bounded_reader.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import type { WatchHit } from '../probe/watch/watch_hit.ts';
import type { SymbolCache } from '../stream/symbols.ts';
import type { Target } from './target.ts';

const WORD = 8;

/** The frames of a hit, innermost first: those of the instruction that did it, then its callers'. */
export function hitFrames(hit: WatchHit, target: Target, symbols: SymbolCache): FrameOfEvent[] {
  return returnAddresses(hit, target).flatMap((pc) => symbols.site(target.pid, pc).frames);
}

/**
 * Addresses behind what was executed, innermost first: behind the instruction that wrote, then behind each call.
 *
 * Frame pointers alone miss a caller where the writer has no frame of its own (memmove) or not yet: then Go's
 * table says how far up the stack its return address lies, and the sample has that part of the stack. And when
 * it was a CALL that wrote its return address, the pc is already in another function: at its beginning, where
 * nothing but a call leads to.
 */
function returnAddresses(hit: WatchHit, target: Target): number[] {
  const { pc, returns, stack } = hit;
  const depth = target.stackDepth(pc);
  if (depth === undefined) return [pc, ...returns];
  const back = depth + WORD > stack.length ? undefined : Number(view(stack).getBigUint64(depth, true));
  const isCall = !hit.kernel && target.isFunctionStart(pc);
  const known = back !== undefined && target.functionName(back - 1) !== undefined ? [back] : [];
  const callers = returns[0] === known[0] ? [...returns] : [...known, ...returns];
  return isCall && known.length > 0 ? callers : [pc, ...callers];
}

/** Packages of Go's own that write on behalf of a program's line. */
const RUNTIME =
  /^(runtime|internal\/runtime|internal\/bytealg|reflect|syscall|internal\/poll|os|sync\/atomic)[./]/;

/** The first frame that is not Go's runtime; undefined when that is the innermost one, or none is. */
export function callerBehind(frames: readonly FrameOfEvent[]): FrameOfEvent | undefined {
  const at = frames.findIndex((frame) => !RUNTIME.test(frame.function));
  return at > 0 ? frames[at] : undefined;
}
