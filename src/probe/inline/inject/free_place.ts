import { OWN_BYTES } from './journal.ts';
import { cannotStop } from './stand_still.ts';
import type { Tracee } from './tracee.ts';

/**
 * Distances from the program's code at which trampolines may lie: within reach of a jump (2 GiB), and beyond the GiB
 * in which the kernel lets the heap of C code begin (mm/util.c, arch_randomize_brk).
 */
const NEAR = { from: 0x5000_0000, to: 0x7800_0000, step: 0x100_0000 } as const;
const MARGIN = 0x10_0000;
/** Where neither Go's heap (src/runtime/malloc.go), nor the race detector, nor the kernel puts anything. */
const FAR = { from: 0x4100_0000_0000, to: 0x4fff_0000_0000, step: 0x10_0000_0000 } as const;
const LOWEST = 0x10000;

/**
 * Room for trampolines near the code, and for shared memory, with the page before it, anywhere. Errors: `cannot-stop`.
 */
export function freePlace(
  tracee: Tracee,
  text: number,
  codeBytes: number,
  sharedBytes: number,
): { code: number; shared: number } {
  const mappings = tracee.mappings();
  const isFree = (start: number, bytes: number): boolean =>
    start >= LOWEST && mappings.every((m) => m.end <= start - MARGIN || m.start >= start + bytes + MARGIN);
  const first = (candidates: Iterable<number>, bytes: number): number | undefined => {
    for (const start of candidates) if (isFree(start, bytes)) return start;
    return undefined;
  };
  const code = first(near(text), codeBytes);
  const own = first(far(), OWN_BYTES + sharedBytes);
  if (code === undefined || own === undefined) throw cannotStop(tracee, 'there is no free address space');
  return { code, shared: own + OWN_BYTES };
}

function* near(text: number): Generator<number> {
  const base = text - (text % 0x10_0000);
  for (let distance: number = NEAR.from; distance < NEAR.to; distance += NEAR.step) {
    yield base + distance;
    yield base - distance;
  }
}

function* far(): Generator<number> {
  for (let at: number = FAR.from; at < FAR.to; at += FAR.step) yield at;
}
