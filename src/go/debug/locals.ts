import { AT, TAG } from '../../binary/dwarf/constants.ts';
import type { Entry } from '../../binary/dwarf/entry.ts';
import { covers, locationAt } from '../../binary/dwarf/lists.ts';
import type { FileAddr } from '../../model/addr.ts';
import type { DebugInfo } from './debug_info.ts';
import type { GoType } from './go_type.ts';

/** A local variable or parameter that is in scope at an instruction. */
export interface LocalVariable {
  readonly name: string;
  /** Of the variable itself, also when it was moved to the heap. */
  readonly type: GoType;
  readonly parameter: boolean;
  /** The function that it belongs to: the one at hand, or one that was inlined there. */
  readonly function: string;
  /** The line that declares it. */
  readonly line: number | undefined;
  /** It was moved to the heap: what is at its location is a pointer to it. */
  readonly escaped: boolean;
  /** The expression that says where it is; undefined where it does not exist: not yet, not any more. */
  readonly location: Uint8Array | undefined;
  /** For evaluating the location. */
  readonly entry: Entry;
}

/** Deeper nesting of blocks and inlined calls is broken. */
const MAX_DEPTH = 200;

/**
 * The variables in scope at an instruction; those of inner blocks and inlined calls after those around them.
 * For a return address ask with the address before it. Errors: those of `Dwarf`.
 */
export function localsAt(debug: DebugInfo, pc: FileAddr): readonly LocalVariable[] {
  const fn = debug.functionAt(pc);
  if (fn === undefined) return [];
  const found: LocalVariable[] = [];
  collect(debug, fn, nameOf(fn), pc, found, 0);
  return found;
}

function collect(
  debug: DebugInfo,
  parent: Entry,
  fn: string,
  pc: FileAddr,
  found: LocalVariable[],
  depth: number,
): void {
  if (depth > MAX_DEPTH) return;
  for (const child of debug.dwarf.children(parent)) {
    const { tag } = child;
    if (tag === TAG.variable || tag === TAG.formalParameter) {
      const local = localOf(debug, child, fn, pc);
      if (local !== undefined) found.push(local);
    } else if (tag === TAG.lexicalBlock && covers(child, pc)) collect(debug, child, fn, pc, found, depth + 1);
    else if (tag === TAG.inlinedSubroutine && covers(child, pc))
      collect(debug, child, nameOf(child), pc, found, depth + 1);
  }
}

function localOf(debug: DebugInfo, entry: Entry, fn: string, pc: FileAddr): LocalVariable | undefined {
  // What an inlined call's variable is called, and of which type it is, stands at the function itself.
  const declared = entry.referred(AT.abstractOrigin) ?? entry;
  const name = declared.name ?? entry.name;
  const declaredType = debug.types.at(declared.reference(AT.type) ?? entry.reference(AT.type));
  if (name === undefined || declaredType === undefined || name.startsWith('~')) return undefined;
  const escaped = name.startsWith('&');
  const type = escaped ? declaredType.elem() : declaredType;
  if (type === undefined) return undefined;
  return {
    name: escaped ? name.slice(1) : name,
    type,
    parameter: entry.tag === TAG.formalParameter,
    function: fn,
    line: declared.raw(AT.declLine),
    escaped,
    location: locationAt(entry, pc),
    entry,
  };
}

const nameOf = (fn: Entry): string => (fn.referred(AT.abstractOrigin) ?? fn).name ?? '?';
