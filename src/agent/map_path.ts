import { isMapauditError, MapauditError } from '../base/errors.ts';
import { openDebugInfo } from '../go/debug/debug_info.ts';
import { evaluate, mapHeader } from '../inspect/expr/evaluate.ts';
import { packageScope } from '../inspect/expr/scope.ts';
import { keyLookup } from '../inspect/lookup.ts';
import { addr } from '../model/addr.ts';
import type { Pid } from '../model/ids.ts';
import type { Filters } from '../protocol/options.ts';
import type { Selection } from '../protocol/selection.ts';
import { inflate } from '../sys/inflate.ts';
import { pause } from '../sys/pause.ts';
import { Target } from './target.ts';

/** `main.cache.sessions`, `x/shop.caches[2].byID`: what begins with a package and a variable of it. */
const PATH = /^\(?\*?[A-Za-z_][\w/.-]*\.[A-Za-z_]/;

/**
 * Filters in which a variable stands for the map that it holds now. `--map` is a variable's path where such a
 * variable is, else a regular expression on types; what is neither is told as a wrong path. Only of one process
 * can a variable be read. `path`: the path, where `filters.map` is not what was typed but the pattern of a type
 * that it may be instead. Errors: those of `evaluate` and `openDebugInfo`, `nil-map`, `not-a-map`.
 */
export function withMapPath(selection: Selection, filters: Filters, path = filters.map): Filters {
  const { map, ...others } = filters;
  if (map === undefined || path === undefined || selection.type !== 'pid' || !PATH.test(path)) return filters;
  const target = Target.open(selection.pid as Pid);
  try {
    const header = headerOf(target, path, map);
    return header === undefined ? filters : { ...others, mapAddress: header };
  } finally {
    target.close();
  }
}

/** The address of the map; undefined where the text is a type's. */
function headerOf(target: Target, path: string, type: string): number | undefined {
  const { binary, bias, memory, types } = target;
  try {
    const debug = openDebugInfo(binary, inflate, types, bias);
    const program = { binary, bias, memory, types, debug };
    const lookup = keyLookup(program, pause);
    const value = evaluate(path, { program, scope: packageScope(program, debug), lookup });
    if (value.type.kind !== 'map')
      throw new MapauditError('not-a-map', `${value.name} is no map, but ${value.type.name}`, {
        hint: `Name a map, or find those in it: mapaudit trace -p ${target.pid} shows the types of maps.`,
      });
    const header = mapHeader(value);
    if (header === undefined) throw new MapauditError('unreadable-memory', `${value.name} cannot be read`);
    if (header === 0)
      throw new MapauditError('nil-map', `${value.name} is a nil map: nobody can have written to it`, {
        hint: 'Name its type instead, which the map will have when it is made.',
      });
    return header;
  } catch (error) {
    if (isMapauditError(error) && NOT_A_PATH.has(error.code) && isType(target, type)) return undefined;
    throw error;
  }
}

const NOT_A_PATH: ReadonlySet<string> = new Set(['no-such-variable', 'usage-expression', 'no-dwarf']);

/** Whether any map type of the binary matches. */
function isType({ binary }: Target, text: string): boolean {
  const reader = binary.typeReader();
  const pattern = new RegExp(text);
  return binary.mapTypes().some((type) => pattern.test(reader.nameOf(addr(type)) ?? ''));
}
