import { AT, TAG } from '../../binary/dwarf/constants.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import { addr, fileAddr, toFileAddr } from '../../model/addr.ts';
import { type Place, placeAt, wordAt, wordOf } from '../place/place.ts';
import type { Program } from '../place/program.ts';

/** DW_AT_go_closure_offset: go1.23–1.27 src/cmd/internal/dwarf/dwarf.go. Older programs do not tell. */
const CLOSURE_OFFSET = 0x2907;

/** A variable that a closure has captured. */
export interface Captured {
  readonly name: string;
  readonly place: Place;
}

interface CapturedAt {
  readonly name: string;
  /** In the closure's object. */
  readonly offset: number;
  readonly type: GoType;
  /** The object holds a pointer to the variable, which others see too. */
  readonly byReference: boolean;
}

/**
 * Reads what functions have captured. A value of function type is a pointer to an object that begins with the
 * address of the code (go1.18–1.27 src/runtime/runtime2.go, funcval); what follows, the code's debug information says.
 */
export class ClosureVariables {
  readonly #program: Program;
  readonly #known = new Map<number, readonly CapturedAt[]>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** The variables of the closure that a variable of function type holds; none for nil and plain functions. */
  of(place: Place): readonly Captured[] {
    const { memory } = this.#program;
    const object = wordOf(place, 0);
    const pc = object === undefined || object === 0 ? undefined : wordAt(memory, object);
    if (object === undefined || pc === undefined) return [];
    return this.#capturedBy(pc).flatMap(({ name, offset, type, byReference }) => {
      const at = byReference ? wordAt(memory, object + offset) : object + offset;
      return at === undefined || at === 0 ? [] : [{ name, place: placeAt(memory, addr(at), type) }];
    });
  }

  #capturedBy(pc: number): readonly CapturedAt[] {
    let known = this.#known.get(pc);
    if (known === undefined) this.#known.set(pc, (known = this.#read(pc)));
    return known;
  }

  #read(pc: number): readonly CapturedAt[] {
    const { debug, bias, binary } = this.#program;
    const at = toFileAddr(addr(pc), bias);
    // Only code is looked up: what lies there may be anything.
    const fn =
      debug === undefined || binary.functionAt(at)?.start !== at ? undefined : debug.functionAt(fileAddr(at));
    if (debug === undefined || fn === undefined) return [];
    const found: CapturedAt[] = [];
    for (const entry of debug.dwarf.children(fn)) {
      const offset = entry.tag === TAG.variable ? entry.raw(CLOSURE_OFFSET) : undefined;
      const declared = debug.types.at(entry.reference(AT.type));
      const { name } = entry;
      if (offset === undefined || name === undefined || declared === undefined) continue;
      const byReference = name.startsWith('&');
      const type = byReference ? declared.elem() : declared;
      if (type !== undefined)
        found.push({ name: byReference ? name.slice(1) : name, offset, type, byReference });
    }
    return found;
  }
}
