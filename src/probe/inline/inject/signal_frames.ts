/** So far above its stack pointer a thread's signal frames are looked for. */
export const STACK_BYTES = 65536;
/** The selector of user code, behind RIP and EFLAGS in a signal frame: arch/x86/include/uapi/asm/sigcontext.h. */
const USER_CODE = 0x33;
const TWO_32 = 0x1_0000_0000;
/** Handlers within handlers that each have a stack of their own. */
const MOST_STACKS = 8;

/** Where a handler returns to, and the stack that it returns to. */
export interface Interrupted {
  readonly rip: number;
  readonly rsp: number;
}

/**
 * What may be signal frames in the first `count` 32-bit words of a stack. A frame has RSP, RIP, EFLAGS and the selector
 * of user code in four words; whatever else looks so only makes us wait.
 */
export function signalFrames(words: Uint32Array, count: number): readonly Interrupted[] {
  let found: Interrupted[] | undefined;
  for (let i = 2; i + 4 < count; i += 2) {
    if (((words[i + 4] ?? 0) & 0xffff) !== USER_CODE) continue;
    found ??= [];
    found.push({
      rip: (words[i + 1] ?? 0) * TWO_32 + (words[i] ?? 0),
      rsp: (words[i - 1] ?? 0) * TWO_32 + (words[i - 2] ?? 0),
    });
  }
  return found ?? NONE;
}

const NONE: readonly Interrupted[] = [];

/** A thread's stack from an address on, as far as it can be read. */
export interface StackReader {
  /** What the last `read` has found. */
  readonly words: Uint32Array;
  /** Reads up to `STACK_BYTES`; gives how many 32-bit words there were. */
  read(address: number): number;
}

/**
 * Whether one of the signal handlers that a thread may be in returns to where `inside` says. A handler that was
 * interrupted on another stack than its own leads there. `sp`: the thread's stack pointer.
 */
export function returnsInto(reader: StackReader, sp: number, inside: (rip: number) => boolean): boolean {
  const stacks = [sp - (sp % 8)];
  for (let next = 0; next < stacks.length; next++) {
    const from = stacks[next] ?? 0;
    const count = reader.read(from);
    for (const { rip, rsp } of signalFrames(reader.words, count)) {
      if (inside(rip)) return true;
      const known = stacks.some((start) => rsp >= start && rsp < start + STACK_BYTES);
      if (!known && rsp % 8 === 0 && rsp > 0 && rsp < END && stacks.length < MOST_STACKS) stacks.push(rsp);
    }
  }
  return false;
}

/** User space ends here. */
const END = 2 ** 47;
