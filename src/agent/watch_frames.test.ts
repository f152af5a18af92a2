import { describe, expect, it } from 'vitest';
import { Bytes } from '../go/testing.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import type { WatchHit } from '../probe/watch/watch_hit.ts';
import { SymbolCache } from '../stream/symbols.ts';
import type { Target } from './target.ts';
import { callerBehind, hitFrames } from './watch_frames.ts';

/** Functions of 0x100 bytes each, from 0x1000 on. */
const NAMES = ['main.main', 'main.fill', 'runtime.memmove'];

/** A program whose function table says how deep each function's stack is. */
function program(depths: readonly (number | undefined)[]): Target {
  const indexOf = (pc: number): number => Math.floor((pc - 0x1000) / 0x100);
  const target = {
    pid: 7,
    frames: (pc: number) => {
      const name = NAMES[indexOf(pc)];
      return name === undefined ? [] : [{ function: name, file: 'a.go', line: 1, inlined: false }];
    },
    functionName: (pc: number) => NAMES[indexOf(pc)],
    typeName: () => undefined,
    stackDepth: (pc: number) => depths[indexOf(pc)],
    isFunctionStart: (pc: number) => pc % 0x100 === 0,
  };
  return target as unknown as Target;
}

const MAIN = 0x1080;
const FILL = 0x1180;
const MEMMOVE = 0x1280;

function framesOf(hit: Partial<WatchHit>, depths: readonly (number | undefined)[]): string[] {
  const target = program(depths);
  const symbols = new SymbolCache(() => target);
  const whole = { kernel: false, returns: [], stack: new Uint8Array(0), ...hit } as unknown as WatchHit;
  return hitFrames(whole, target, symbols).map((frame) => frame.function);
}

describe('hitFrames', () => {
  it('goes by the frame pointers where the function has a frame', () => {
    const stack = new Bytes().u64(0, 0, MAIN).done();
    expect(framesOf({ pc: FILL, returns: [MAIN], stack }, [0, 16, 0])).toEqual(['main.fill', 'main.main']);
  });

  it('does not leave out who called a function without a frame', () => {
    const stack = new Bytes().u64(FILL).done();
    expect(framesOf({ pc: MEMMOVE, returns: [MAIN], stack }, [0, 16, 0])).toEqual([
      'runtime.memmove',
      'main.fill',
      'main.main',
    ]);
  });

  it('takes nothing for a caller that is no code', () => {
    const stack = new Bytes().u64(0xdead_beef).done();
    expect(framesOf({ pc: MEMMOVE, returns: [MAIN], stack }, [0, 16, 0])).toEqual([
      'runtime.memmove',
      'main.main',
    ]);
  });

  it('goes by the frame pointers alone where the sample of the stack ends too soon', () => {
    expect(framesOf({ pc: MEMMOVE, returns: [MAIN] }, [0, 16, 64])).toEqual(['runtime.memmove', 'main.main']);
    expect(framesOf({ pc: MEMMOVE, returns: [MAIN] }, [0, 16, undefined])).toEqual([
      'runtime.memmove',
      'main.main',
    ]);
  });

  it('blames a call that wrote its return address on the caller', () => {
    const stack = new Bytes().u64(MAIN).done();
    expect(framesOf({ pc: 0x1100, returns: [], stack }, [0, 0, 0])).toEqual(['main.main']);
  });
});

describe('callerBehind', () => {
  const frame = (name: string): FrameOfEvent => ({ function: name, inlined: false });
  const behind = (...names: string[]): string | undefined => callerBehind(names.map(frame))?.function;

  it('is the first that is not Go’s runtime', () => {
    expect(behind('runtime.memmove', 'internal/runtime/maps.grow', 'main.fill', 'main.main')).toBe(
      'main.fill',
    );
    expect(behind('syscall.read', 'os.(*File).Read', 'runtimex.fill')).toBe('runtimex.fill');
  });

  it('is nobody where the writer is no part of the runtime, or nothing else is', () => {
    expect(behind('main.fill', 'main.main')).toBeUndefined();
    expect(behind('runtime.memmove', 'runtime.main')).toBeUndefined();
    expect(behind()).toBeUndefined();
  });
});
