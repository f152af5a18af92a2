import { OP } from './constants.ts';
import { Cursor } from './cursor.ts';
import { addressByIndex, type Entry } from './entry.ts';

/** Where a variable, or a piece of it, is. */
export type Location =
  | { readonly kind: 'memory'; readonly address: number }
  /** By DWARF's number: on x86-64 0 RAX, 1 RDX, 2 RCX, 3 RBX, 4 RSI, 5 RDI, 6 RBP, 7 RSP, 8… R8…. */
  | { readonly kind: 'register'; readonly register: number }
  /** It is nowhere, but its value is known. */
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The compiler has kept nothing of it. */
  | { readonly kind: 'gone' };

/** A piece of a variable. A size of undefined: all of it. */
export interface Piece {
  readonly location: Location;
  readonly size: number | undefined;
}

/** What an expression may ask for. */
export interface LocationContext {
  /** The canonical frame address: the stack pointer before the call instruction of the caller. */
  readonly cfa: number;
  /** A 64-bit word of memory. */
  readonly word: (address: number) => number | undefined;
}

/**
 * Evaluates a location expression in a frame. Undefined when it needs what is not known: a register's value,
 * memory that cannot be read, an operation that Go's compiler does not emit. Error: `dwarf-corrupt`.
 */
export function locate(
  entry: Entry,
  expression: Uint8Array,
  context: LocationContext,
): readonly Piece[] | undefined {
  const machine = new Machine(entry, expression, context);
  return machine.run();
}

class Machine {
  readonly #entry: Entry;
  readonly #cursor: Cursor;
  readonly #context: LocationContext;
  readonly #stack: number[] = [];
  readonly #pieces: Piece[] = [];
  /** What was said since the last piece, if it is not the address on the stack. */
  #said: Location | undefined;

  constructor(entry: Entry, expression: Uint8Array, context: LocationContext) {
    this.#entry = entry;
    this.#cursor = new Cursor('.debug_info', expression);
    this.#context = context;
  }

  run(): readonly Piece[] | undefined {
    const cursor = this.#cursor;
    while (cursor.at < cursor.end) {
      const operation = cursor.u8();
      if (operation === OP.piece) this.#pieces.push({ location: this.#take(), size: cursor.uleb() });
      else if (!this.#step(operation)) return undefined;
    }
    if (this.#pieces.length === 0) this.#pieces.push({ location: this.#take(), size: undefined });
    return this.#pieces;
  }

  #take(): Location {
    const top = this.#stack.pop();
    const location =
      this.#said ?? (top === undefined ? undefined : { kind: 'memory' as const, address: top });
    this.#said = undefined;
    return location ?? { kind: 'gone' };
  }

  /** False when the operation needs what is not known. */
  #step(operation: number): boolean {
    const cursor = this.#cursor;
    const stack = this.#stack;
    if (operation >= OP.lit0 && operation <= OP.lit31) stack.push(operation - OP.lit0);
    else if (operation >= OP.reg0 && operation <= OP.reg31)
      this.#said = { kind: 'register', register: operation - OP.reg0 };
    else if (operation === OP.regx) this.#said = { kind: 'register', register: cursor.uleb() };
    else if (operation === OP.callFrameCfa) stack.push(this.#context.cfa);
    // The frame base of Go's functions is DW_OP_call_frame_cfa in all releases.
    else if (operation === OP.fbreg) stack.push(this.#context.cfa + cursor.sleb());
    else if (operation === OP.addr) stack.push(cursor.uint(this.#entry.unit.addressSize));
    else if (operation === OP.addrx)
      stack.push(addressByIndex(this.#entry.dwarf, this.#entry.unit, cursor.uleb()));
    else if (operation === OP.implicitValue)
      this.#said = { kind: 'bytes', bytes: cursor.block(cursor.uleb()) };
    else if (operation === OP.stackValue) return this.#value();
    else if (operation === OP.deref) return this.#deref();
    else if (operation === OP.plusUconst) stack.push((stack.pop() ?? 0) + cursor.uleb());
    else if (operation === OP.plus) stack.push((stack.pop() ?? 0) + (stack.pop() ?? 0));
    else return this.#constant(operation);
    return true;
  }

  #value(): boolean {
    const value = this.#stack.pop();
    if (value === undefined) return false;
    this.#said = { kind: 'value', value };
    return true;
  }

  #deref(): boolean {
    const address = this.#stack.pop();
    const word = address === undefined ? undefined : this.#context.word(address);
    if (word === undefined) return false;
    this.#stack.push(word);
    return true;
  }

  #constant(operation: number): boolean {
    const value = constantOf(this.#cursor, operation);
    if (value === undefined) return false;
    this.#stack.push(value);
    return true;
  }
}

const WIDTHS: ReadonlyMap<number, number> = new Map([
  [OP.const1u, 1],
  [OP.const2u, 2],
  [OP.const4u, 4],
  [OP.const8u, 8],
]);

function constantOf(cursor: Cursor, operation: number): number | undefined {
  if (operation === OP.constu) return cursor.uleb();
  if (operation === OP.consts) return cursor.sleb();
  const unsigned = WIDTHS.get(operation);
  if (unsigned !== undefined) return cursor.uint(unsigned);
  const signed = WIDTHS.get(operation - 1);
  if (signed === undefined) return undefined;
  const value = cursor.uint(signed);
  return value >= 2 ** (8 * signed - 1) ? value - 2 ** (8 * signed) : value;
}
