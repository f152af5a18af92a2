import { describe, expect, it } from 'vitest';
import { returnsInto, signalFrames, STACK_BYTES, type StackReader } from './signal_frames.ts';

const SITE = 0x4012_3456_7890;
const inSite = (rip: number): boolean => rip >= SITE + 1 && rip < SITE + 8;

/** struct rt_sigframe as the kernel lays it on a stack: the machine's state begins 40 bytes behind the ucontext. */
function frame(rip: number, rsp: number): Uint32Array {
  const words = new BigUint64Array(55);
  words[0] = 0x47_1111n; // where the handler returns to
  const state = 1 + 5;
  words[state + 15] = BigInt(rsp);
  words[state + 16] = BigInt(rip);
  words[state + 17] = 0x246n;
  words[state + 18] = 0x002b_0000_0000_0033n;
  return new Uint32Array(words.buffer);
}

/** Stacks by their lowest address. */
class Stacks implements StackReader {
  words: Uint32Array = new Uint32Array(0);
  reads = 0;
  readonly #stacks: ReadonlyMap<number, Uint32Array>;

  constructor(stacks: Record<number, Uint32Array>) {
    this.#stacks = new Map(Object.entries(stacks).map(([at, words]) => [Number(at), words]));
  }

  read(address: number): number {
    this.reads++;
    // Like a real one: what was read before is not what is there now.
    this.words = (this.#stacks.get(address) ?? new Uint32Array(0)).slice();
    return this.words.length;
  }
}

/** Words of a stack, with frames at byte offsets. */
function stack(frames: Record<number, Uint32Array>, bytes = 8192): Uint32Array {
  const words = new Uint32Array(bytes / 4).fill(0x1111_1111);
  for (const [at, one] of Object.entries(frames)) words.set(one, Number(at) / 4);
  return words;
}

describe('signal frames', () => {
  it('are found wherever they are aligned, with what they return to', () => {
    const words = stack({ 8: frame(SITE, 0x7000), 4000: frame(0x1234, 0x7ff0_1234_5670) });
    expect(signalFrames(words, words.length)).toEqual([
      { rip: SITE, rsp: 0x7000 },
      { rip: 0x1234, rsp: 0x7ff0_1234_5670 },
    ]);
  });

  it('are not where the stack could not be read any more', () => {
    const words = stack({ 4000: frame(SITE, 0x7000) });
    expect(signalFrames(words, 1000)).toEqual([]);
    expect(signalFrames(words, 0)).toEqual([]);
  });

  it('are not in a stack without one', () => {
    expect(signalFrames(stack({}), 2048)).toEqual([]);
  });
});

describe('a thread in a handler', () => {
  it.each([
    [SITE, false],
    [SITE + 1, true],
    [SITE + 7, true],
    [SITE + 8, false],
  ])('that returns to %i', (rip, expected) => {
    const stacks = new Stacks({ 0x9000: stack({ 0x400: frame(rip, 0x9800) }) });
    expect(returnsInto(stacks, 0x9000, inSite)).toBe(expected);
  });

  it('whose stack pointer is not aligned', () => {
    const stacks = new Stacks({ 0x9000: stack({ 0x400: frame(SITE + 4, 0x9800) }) });
    expect(returnsInto(stacks, 0x9005, inSite)).toBe(true);
  });

  it('within another one on the same stack', () => {
    const stacks = new Stacks({
      0x9000: stack({ 0x100: frame(0x5555, 0x9400), 0x400: frame(SITE + 1, 0xc0_0000) }),
    });
    expect(returnsInto(stacks, 0x9000, inSite)).toBe(true);
  });

  it('that has interrupted one on another stack', () => {
    const stacks = new Stacks({
      0x9000: stack({ 0x100: frame(0x5555, 0x7f00_0000_1000) }),
      0x7f00_0000_1000: stack({ 0x80: frame(SITE + 4, 0xc0_0000_1000) }),
    });
    expect(returnsInto(stacks, 0x9000, inSite)).toBe(true);
    expect(stacks.reads).toBe(2);
  });

  it('is looked at only so far, whatever its stack says', () => {
    const many = stack(
      Object.fromEntries(
        Array.from({ length: 15 }, (_, i) => [512 * i, frame(1, 2 * STACK_BYTES * (i + 1))]),
      ),
    );
    const stacks = new Stacks({ 0x900: many });
    expect(returnsInto(stacks, 0x900, inSite)).toBe(false);
    expect(stacks.reads).toBeLessThanOrEqual(8);
  });

  it('whose stack cannot be read', () => {
    expect(returnsInto(new Stacks({}), 0x9000, inSite)).toBe(false);
  });
});
