import type { DebugInfo } from '../../go/debug/debug_info.ts';
import type { Place } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { parkedGoroutine, type ParkedGoroutine, parkedGoroutines } from '../stack/goroutines.ts';
import { frameLocals } from '../stack/locals.ts';
import { type StackFrame, unwind } from '../stack/unwind.ts';
import type { OnStack } from './found_map.ts';
import type { Root } from './search.ts';

/** Larger variables are read when they are looked at. */
const MAX_KEPT = 4096;
const TRIES = 2;

/** The local variables of all goroutines that do not run, as roots of a search. */
export function* stackRoots(program: Program, debug: DebugInfo): Generator<Root> {
  for (const goroutine of parkedGoroutines(program)) yield* rootsOf(program, debug, goroutine);
}

/** What was read while the goroutine went on is read again, and then given up. */
function rootsOf(program: Program, debug: DebugInfo, goroutine: ParkedGoroutine): readonly Root[] {
  let at: ParkedGoroutine | undefined = goroutine;
  for (let i = 0; i < TRIES && at !== undefined; i++) {
    const roots = [...unwind(program, at)].flatMap((frame) => frameRoots(program, debug, frame));
    const now = parkedGoroutine(program, goroutine.g);
    if (now?.sp === at.sp && now.pc === at.pc && now.goid === at.goid && now.stackLo === at.stackLo)
      return roots;
    at = now;
  }
  return [];
}

function frameRoots(program: Program, debug: DebugInfo, frame: StackFrame): Root[] {
  if (/^(?:runtime|internal\/runtime\/\w+)\./.test(frame.function)) return [];
  const roots: Root[] = [];
  for (const { variable, place } of frameLocals(program, debug, frame)) {
    if (place === undefined) continue;
    const line = program.binary.frames(frame.pc).find((f) => f.function === variable.function);
    const where: OnStack = {
      goroutine: frame.goroutine.goid,
      function: variable.function,
      ...(line === undefined ? {} : { file: line.file, line: line.line }),
    };
    roots.push({ name: variable.name, place: kept(place), where });
  }
  return roots;
}

/** The same value with the bytes that it has now. */
function kept(place: Place): Place {
  const { size } = place.type;
  const bytes = size > MAX_KEPT ? undefined : place.read(0, size)?.slice();
  if (bytes === undefined) return place;
  return { ...place, read: (at, n) => (at + n > size ? undefined : bytes.subarray(at, at + n)) };
}
