import { locate, type Piece } from '../../binary/dwarf/location.ts';
import type { DebugInfo } from '../../go/debug/debug_info.ts';
import { type LocalVariable, localsAt } from '../../go/debug/locals.ts';
import { addr } from '../../model/addr.ts';
import { type Place, placeAt, placeOfBytes, wordAt, wordOf } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import type { StackFrame } from './unwind.ts';

/** A local variable of a frame. */
export interface FrameLocal {
  readonly variable: LocalVariable;
  /** Its value; undefined when there is none to be read here: `why` says so in a clause. */
  readonly place: Place | undefined;
  readonly why: string | undefined;
}

/** The variables in scope in a frame, those of inner scopes last. Errors: those of `Dwarf`. */
export function frameLocals(program: Program, debug: DebugInfo, frame: StackFrame): readonly FrameLocal[] {
  const lines = new Map(program.binary.frames(frame.pc).map((f) => [f.function, f.line]));
  return localsAt(debug, frame.pc).flatMap((variable) => {
    // Before its declaration a variable's place on the stack holds what was there before.
    const line = lines.get(variable.function);
    if (!variable.parameter && line !== undefined && (variable.line ?? 0) > line) return [];
    return [{ variable, ...valueOf(program, frame, variable) }];
  });
}

function valueOf(
  program: Program,
  frame: StackFrame,
  variable: LocalVariable,
): { readonly place: Place | undefined; readonly why: string | undefined } {
  const missing = (why: string): { place: undefined; why: string } => ({ place: undefined, why });
  const { location, entry, type } = variable;
  if (location === undefined || location.length === 0) return missing('was optimised away at this place');
  const word = (address: number): number | undefined => wordAt(program.memory, address);
  const pieces = locate(entry, location, { cfa: frame.cfa, word });
  if (pieces === undefined) return missing('is where a stopped goroutine does not show it');
  const size = variable.escaped ? 8 : type.size;
  const place = assemble(program, pieces, size, variable);
  if (place === undefined) return missing('was in a register, which the call did not keep');
  if (!variable.escaped) return { place, why: undefined };
  const target = wordOf(place, 0);
  if (target === undefined || target === 0) return missing('is not made yet');
  return { place: placeAt(program.memory, addr(target), type), why: undefined };
}

/** The value from its pieces. Registers of a frame that has made a call are lost: Go's callees keep none. */
function assemble(
  program: Program,
  pieces: readonly Piece[],
  size: number,
  { type }: LocalVariable,
): Place | undefined {
  const [first] = pieces;
  if (pieces.length === 1 && first?.location.kind === 'memory')
    return placeAt(program.memory, addr(first.location.address), type);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    const n = Math.min(piece.size ?? size, size - at);
    const part = bytesOf(program, piece, n);
    if (part === undefined) return undefined;
    bytes.set(part.subarray(0, n), at);
    at += n;
  }
  return at < size ? undefined : placeOfBytes(bytes, type);
}

function bytesOf(program: Program, { location }: Piece, size: number): Uint8Array | undefined {
  if (location.kind === 'memory') return program.memory.read(location.address, size);
  if (location.kind === 'bytes') return location.bytes;
  if (location.kind !== 'value') return undefined;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(location.value), true);
  return bytes;
}
