import type { DebugInfo } from '../../go/debug/debug_info.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import { toAddr } from '../../model/addr.ts';
import { type Place, placeAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';

/** What a name of an expression means. */
export type Found =
  | { readonly kind: 'place'; readonly place: Place; readonly name: string }
  /** Several packages have such a variable. */
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] }
  /** There is such a variable, but it has no value that could be read: `why` says so in a clause. */
  | { readonly kind: 'gone'; readonly code: string; readonly name: string; readonly why: string };

/** The names that an expression may use. */
export interface Scope {
  /** The variable of exactly that name, as far as it is clear which is meant. */
  find(name: string): Found | undefined;
  /** All names, for suggestions. */
  names(): Iterable<string>;
  /** The type of a name with package path, for conversions. */
  typeNamed(name: string): GoType | undefined;
  /** All that `typeNamed` knows, for suggestions. */
  typeNames(): Iterable<string>;
}

/**
 * The package variables of a program: by full name (`github.com/x/shop.cache`), by the end of the path
 * (`x/shop.cache`) or by the package's name (`shop.cache`) where only one package is meant.
 */
export function packageScope(program: Program, debug: DebugInfo): Scope {
  let short: ReadonlyMap<string, readonly string[]> | undefined;
  const find = (name: string): Found | undefined => {
    const exact = variableOf(program, debug, name);
    if (exact !== undefined) return exact;
    short ??= shortNames(debug);
    const end = name.slice(name.lastIndexOf('/') + 1);
    const candidates = (short.get(end) ?? []).filter((full) => end === name || full.endsWith(`/${name}`));
    const [only] = candidates;
    if (only === undefined) return undefined;
    return candidates.length === 1
      ? variableOf(program, debug, only)
      : { kind: 'ambiguous', names: candidates };
  };
  return {
    find,
    *names() {
      short ??= shortNames(debug);
      yield* debug.variableNames();
      yield* short.keys();
    },
    typeNamed: (name) => debug.typeNamed(name),
    typeNames: () => debug.typeNames(),
  };
}

function variableOf(program: Program, debug: DebugInfo, name: string): Found | undefined {
  const variable = debug.variable(name);
  if (variable === undefined) return undefined;
  if (variable.address === undefined)
    return { kind: 'gone', code: 'optimised-away', name, why: 'was optimised away' };
  if (variable.type === undefined)
    return { kind: 'gone', code: 'unknown-type', name, why: 'is not a variable of Go' };
  const address = toAddr(variable.address, program.bias);
  return { kind: 'place', place: placeAt(program.memory, address, variable.type), name };
}

/** Full names by the package's name and the variable's, and by the last part of the path and the variable's. */
function shortNames(debug: DebugInfo): Map<string, string[]> {
  const short = new Map<string, string[]>();
  const add = (name: string, full: string): void => {
    const known = short.get(name);
    if (known === undefined) short.set(name, [full]);
    else if (!known.includes(full)) known.push(full);
  };
  for (const full of debug.variableNames()) {
    add(full.slice(full.lastIndexOf('/') + 1), full);
    const packageName = debug.packageNameOf(full);
    if (packageName !== undefined) add(`${packageName}${full.slice(full.lastIndexOf('.'))}`, full);
  }
  return short;
}
