import { view } from '../../binary/elf/bounded_reader.ts';
import { readSymbols } from '../../binary/elf/symbols.ts';
import { type GoroutineFields, goroutineFields } from '../../go/versions/goroutine_fields.ts';
import { type Addr, addr, toAddr } from '../../model/addr.ts';
import { wordAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { isPointer, pointerSegments, type Segment } from '../place/segments.ts';

const NAME = 'runtime.allgs';
const MAX_GOROUTINES = 10_000_000;
/** So many entries of a list are looked at. */
const LOOKED_AT = 8;

/** Where the runtime's slice of all goroutines is: by DWARF, by the symbol table, else by what it looks like. */
export function findAllgs(program: Program): Addr | undefined {
  const file =
    program.debug?.variable(NAME)?.address ??
    readSymbols(program.binary.elf).find((symbol) => symbol.name === NAME)?.address;
  return file === undefined ? findByContents(program) : toAddr(file, program.bias);
}

/** Of the slices of goroutines among the variables, the longest: others hold some goroutines alone. */
function findByContents(program: Program): Addr | undefined {
  let best: { readonly at: Addr; readonly length: number } | undefined;
  for (const segment of pointerSegments(program))
    for (const slice of slicesIn(segment))
      if (slice.length > (best?.length ?? 0) && holdsGoroutines(program, slice)) best = slice;
  return best?.at;
}

interface Slice {
  readonly at: Addr;
  readonly data: number;
  readonly length: number;
}

/** A pointer and two words that are none, the first of them not larger than the second. */
function* slicesIn({ bytes, mask, start }: Segment): Generator<Slice> {
  const words = view(bytes);
  const word = (offset: number): number => Number(words.getBigUint64(offset, true));
  for (let at = 0; at + 24 <= bytes.length; at += 8) {
    if (!isPointer(mask, at / 8) || isPointer(mask, at / 8 + 1) || isPointer(mask, at / 8 + 2)) continue;
    const [data, length, capacity] = [word(at), word(at + 8), word(at + 16)];
    if (data === 0 || length === 0 || length > capacity || capacity > MAX_GOROUTINES) continue;
    yield { at: addr(start + at), data, length };
  }
}

function holdsGoroutines(program: Program, { data, length }: Slice): boolean {
  const fields = goroutineFields(program.binary.version);
  for (let i = 0; i < Math.min(length, LOOKED_AT); i++) {
    const g = wordAt(program.memory, data + 8 * i);
    if (g === undefined || !isGoroutine(program, g, fields)) return false;
  }
  return true;
}

/** gobuf.g names the goroutine itself once it has been switched away from; the main goroutine always has. */
function isGoroutine(program: Program, g: number, fields: GoroutineFields): boolean {
  const word = (offset: number): number | undefined => wordAt(program.memory, g + offset);
  const [low, high, self] = [word(fields.stackLo), word(fields.stackHi), word(fields.schedG)];
  if (low === undefined || high === undefined || self !== g) return false;
  return low <= high && (word(fields.goid) ?? Infinity) < MAX_GOROUTINES * 1000;
}
