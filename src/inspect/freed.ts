import { isMapauditError } from '../base/errors.ts';
import type { Addr } from '../model/addr.ts';
import { evaluate } from './expr/evaluate.ts';
import { packageScope } from './expr/scope.ts';
import { findField, partOf, type Place, pointee, wordOf } from './place/place.ts';
import type { Program } from './place/program.ts';

/** go1.18–1.27 src/runtime/malloc.go: heapArenaBytes and arenaBaseOffset of linux/amd64, and _PageSize. */
const ARENA_BYTES = 2 ** 26;
const ARENA_BASE = 2 ** 47;
const PAGE_BYTES = 2 ** 13;
/** go1.18–1.27 src/runtime/mheap.go. */
const SPAN_IN_USE = 1;
const SPAN_MANUAL = 2;
/** A span may be swept meanwhile: what is read twice with the same outcome counts. */
const TRIES = 4;

/**
 * Whether the collector has freed the object that begins at an address, as its span tells: marked free, or not in
 * use at all. Undefined when that cannot be told: without debug information, for memory outside of the heap, for
 * stacks, and for a span that waits to be swept. Memory that was used again looks like what uses it now.
 */
export function isFreed(program: Program, address: Addr): boolean | undefined {
  if (program.debug === undefined) return undefined;
  try {
    for (let i = 0; i < TRIES; i++) {
      const [first, second] = [freedNow(program, address), freedNow(program, address)];
      if (first === second) return first;
    }
  } catch (error) {
    // The fields are named otherwise, or the debug information does not have them.
    if (!isMapauditError(error)) throw error;
  }
  return undefined;
}

function freedNow(program: Program, address: Addr): boolean | undefined {
  const { debug, memory } = program;
  if (debug === undefined) return undefined;
  const scope = packageScope(program, debug);
  const value = (text: string): Place => evaluate(text, { program, scope });
  const arena = Math.floor((address + ARENA_BASE) / ARENA_BYTES);
  const page = Math.floor((address % ARENA_BYTES) / PAGE_BYTES);
  const span = pointee(memory, value(`runtime.mheap_.arenas[0][${arena}].spans[${page}]`));
  if (typeof span === 'string') return span === 'nil' ? true : undefined;
  const state = number(span, 'state');
  if (state === SPAN_MANUAL || state === undefined) return undefined;
  if (state !== SPAN_IN_USE) return true;
  return isFreeSlot(program, span, address, number(value('runtime.mheap_.sweepgen')));
}

/** go1.18–1.27 src/runtime/mbitmap.go, isFree. After a sweep allocBits are the marks of the last collection. */
function isFreeSlot(
  { memory }: Program,
  span: Place,
  address: Addr,
  generation: number | undefined,
): boolean | undefined {
  const [swept, start, size] = [
    number(span, 'sweepgen'),
    number(span, 'startAddr'),
    number(span, 'elemsize'),
  ];
  const [next, bits] = [number(span, 'freeindex'), number(span, 'allocBits')];
  if (swept === undefined || start === undefined || size === undefined || size === 0) return undefined;
  // The same: swept. Three more: swept, and then cached by a processor.
  if (generation === undefined || (swept !== generation && swept !== generation + 3)) return undefined;
  const index = (address - start) / size;
  if (next === undefined || bits === undefined || !Number.isInteger(index)) return undefined;
  if (index < next) return false;
  const byte = memory.read(bits + Math.floor(index / 8), 1)?.[0];
  return byte === undefined ? undefined : (byte & (1 << (index % 8))) === 0;
}

/** A field that is a number or an address, also one in a box such as atomic.Uint8; or such a value itself. */
function number(place: Place, name?: string): number | undefined {
  const path = name === undefined ? [] : findField(place.type, name)?.path;
  if (path === undefined) return undefined;
  let at = path.reduce((whole, field) => partOf(whole, field.offset, field.type), place);
  while (at.type.kind === 'struct') {
    const value = at.type.fields()?.find((field) => field.type.size > 0);
    if (value === undefined) return undefined;
    at = partOf(at, value.offset, value.type);
  }
  if (at.type.size === 8) return wordOf(at, 0);
  const bytes = at.read(0, at.type.size);
  return bytes?.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0);
}
