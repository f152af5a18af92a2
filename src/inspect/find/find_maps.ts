import type { DebugInfo } from '../../go/debug/debug_info.ts';
import { toAddr } from '../../model/addr.ts';
import { placeAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { FIND_LIMITS, type FindLimits, type FoundMaps, type MapValues } from './found_map.ts';
import { MapSearch, type Root } from './search.ts';
import { stackRoots } from './stack_roots.ts';

/** Where maps are looked for. */
export interface FindOptions {
  readonly limits?: Partial<FindLimits>;
  /** Looks into maps too, for maps that they hold. */
  readonly values?: MapValues | undefined;
  /** Which packages' variables to begin with, by path. Without it all but the runtime's own. */
  readonly packages?: (path: string) => boolean;
  /** Begins then with the local variables of goroutines that do not run too. */
  readonly stacks?: boolean;
  /** Asked again and again: when it says so, the search ends with what it has. */
  readonly stop?: (() => boolean) | undefined;
}

/**
 * Every map that is reached from package variables through fields, pointers, slices, arrays, interfaces and
 * (with `values`) other maps. Variables of the program itself come before those of packages it uses, and
 * these before Go's own library: limits cut off what is of least interest.
 */
export function findMaps(program: Program, debug: DebugInfo, options: FindOptions = {}): FoundMaps {
  const search = new MapSearch(program, { ...FIND_LIMITS, ...options.limits }, options.values, options.stop);
  const found = search.run(packageRoots(program, debug, options.packages));
  return options.stacks === true ? search.run(stackRoots(program, debug)) : found;
}

function packageRoots(
  program: Program,
  debug: DebugInfo,
  wanted: (path: string) => boolean = (path) => !isRuntime(path),
): readonly Root[] {
  const names = [...debug.variableNames()].filter((name) => wanted(packageOf(name)));
  const ranked = names.map((name) => ({ name, rank: rankOf(packageOf(name)) }));
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.flatMap(({ name }) => {
    const variable = debug.variable(name);
    if (variable?.address === undefined || variable.type === undefined) return [];
    const place = placeAt(program.memory, toAddr(variable.address, program.bias), variable.type);
    return { name, place };
  });
}

/** The path of the package that a variable is of: all before the last dot. */
export const packageOf = (variable: string): string => variable.slice(0, variable.lastIndexOf('.'));

/** The runtime's own variables lead to all memory, and to none of the program's maps. */
const isRuntime = (path: string): boolean => path === 'runtime' || path.startsWith('internal/runtime/');

/** Go's own packages have no dot in the first part of their path. */
function rankOf(path: string): number {
  if (path === 'main') return 0;
  return path.slice(0, `${path}/`.indexOf('/')).includes('.') ? 1 : 2;
}
