import { lockCalls } from '../go/lock_calls.ts';
import { addr, toAddr, toFileAddr } from '../model/addr.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import type { SymbolCache } from '../stream/symbols.ts';
import type { Program } from './program.ts';

/** Methods of mutexes that were put into the function that calls them. */
const OF_MUTEX = /^(?:internal\/)?sync\.\(\*(?:RW)?Mutex\)\./;
/** The first function of every goroutine's stack. */
const STACK_END = 'runtime.goexit';

/** Where the functions of a stack take mutexes, read from their code: from that of each function once. */
export class StackLocks {
  readonly #program: Program;
  readonly #symbols: SymbolCache;
  readonly #known = new Map<number, readonly FrameOfEvent[] | undefined>();

  constructor(program: Program, symbols: SymbolCache) {
    this.#program = program;
    this.#symbols = symbols;
  }

  /**
   * `returns`: return addresses, innermost first. None is said only of a stack that is whole, and whose code can all be
   * read; undefined otherwise.
   */
  of(returns: readonly number[]): readonly FrameOfEvent[] | undefined {
    const each = returns.map((address) => this.#inFunction(address));
    const found = each.flatMap((frames) => frames ?? []);
    if (found.length > 0) return found;
    const outermost = returns.at(-1);
    const isWhole = outermost !== undefined && this.#program.functionName(outermost - 1) === STACK_END;
    return isWhole && !each.includes(undefined) ? [] : undefined;
  }

  #inFunction(returnAddress: number): readonly FrameOfEvent[] | undefined {
    const { binary, bias } = this.#program;
    // A call can be its function's last instruction: what it comes back to is another function then.
    const at = toFileAddr(addr(returnAddress - 1), bias);
    const start = binary.functionAt(at)?.start;
    if (start === undefined) return undefined;
    if (!this.#known.has(start)) {
      const calls = lockCalls(binary, at);
      this.#known.set(start, calls && differing(calls.flatMap((call) => this.#line(toAddr(call, bias)))));
    }
    return this.#known.get(start);
  }

  #line(returnAddress: number): readonly FrameOfEvent[] {
    const { frames } = this.#symbols.site(0, returnAddress);
    return frames.filter(({ function: name }) => !OF_MUTEX.test(name)).slice(0, 1);
  }
}

function differing(frames: readonly FrameOfEvent[]): readonly FrameOfEvent[] {
  return [...new Map(frames.map((frame) => [`${frame.file}:${frame.line}`, frame])).values()];
}
