import { isMapauditError, MapauditError } from '../base/errors.ts';
import { type DebugInfo, openDebugInfo } from '../go/debug/debug_info.ts';
import { evaluate, mapHeader } from '../inspect/expr/evaluate.ts';
import { packageScope } from '../inspect/expr/scope.ts';
import type { MapType } from '../go/types/go_type.ts';
import type { Program } from '../inspect/place/program.ts';
import { mapTypeOf } from '../inspect/map_type.ts';
import { keyLookup } from '../inspect/lookup.ts';
import { addr } from '../model/addr.ts';
import { isOwnerField } from '../model/owner_field.ts';
import type { Pid } from '../model/ids.ts';
import type { Filters } from '../protocol/options.ts';
import type { Selection } from '../protocol/selection.ts';
import { Patience } from '../query/inspect/patience.ts';
import { subjectFound } from '../query/inspect/subject_found.ts';
import { holdsInterface, keyOfType, noSuchKey } from '../query/key/key_of_type.ts';
import { inflate } from '../sys/inflate.ts';
import { pause } from '../sys/pause.ts';
import { Target } from './target.ts';
import { mapNeedsProcess } from '../query/type_pattern.ts';

/** `main.cache.sessions`, `x/shop.caches[2].byID`: what begins with a package and a variable of it. */
const PATH = /^\(?\*?[A-Za-z_][\w/.-]*\.[A-Za-z_]/;

/**
 * Filters in which a variable stands for the map that it holds now. `--map` is a variable's path where such a
 * variable is, else a regular expression on types; what is neither is told as a wrong path. Only of one process
 * can a variable be read. A `keyLiteral` must be a key of that map, or of one of those types. `path`: the path, where `filters.map` is not what was typed but the pattern of a type
 * that it may be instead. Errors: those of `evaluate` and `openDebugInfo`, `nil-map`, `not-a-map`, `usage-key`.
 */
export function withMapPath(selection: Selection, filters: Filters, path = filters.map): Filters {
  const { map, keyLiteral: key, ...others } = filters;
  if (map === undefined || path === undefined) return filters;
  if (selection.type !== 'pid') {
    if (isOwnerField(path)) throw mapNeedsProcess(path);
    return filters;
  }
  if (!PATH.test(path) && key === undefined) return filters;
  const target = Target.open(selection.pid as Pid);
  try {
    const header = PATH.test(path) ? headerOf(target, path, map, key) : undefined;
    if (header === undefined && key !== undefined) checkKeyOfTypes(target, map, key);
    return header === undefined
      ? filters
      : { ...others, ...(key === undefined ? {} : { keyLiteral: key }), mapAddress: header };
  } finally {
    target.close();
  }
}

/** The address of the map; undefined where the text is a type's. */
function headerOf(target: Target, path: string, type: string, key?: string): number | undefined {
  let program: ReturnType<typeof programOf> | undefined;
  try {
    program = programOf(target);
    const { debug } = program;
    const lookup = keyLookup(program, pause);
    if (isOwnerField(path)) return foundHeader(program, path, target.pid, key);
    const value = evaluate(path, { program, scope: packageScope(program, debug), lookup });
    if (SYNC_MAP.test(value.type.name)) throw isSyncMap(value.name, target.pid);
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
    if (key !== undefined) checkKey(program, mapTypeOf(program, value.type), value.name, key);
    return header;
  } catch (error) {
    if (isMapauditError(error) && NOT_A_PATH.has(error.code)) {
      if (!isOwnerField(path) && isType(target, type)) return undefined;
      const header = program === undefined ? undefined : headerNamed(program, path, target.pid, key);
      if (header !== undefined) return header;
    }
    throw error;
  }
}

/** The map that `maps` shows under this name; undefined where none is. */
function headerNamed(program: Program, path: string, pid: number, key?: string): number | undefined {
  try {
    return foundHeader(program, path, pid, key);
  } catch (error) {
    if (isMapauditError(error, 'no-such-map')) return undefined;
    throw error;
  }
}

/** Errors: `no-dwarf`. */
function programOf({ binary, bias, memory, types }: Target): Program & { readonly debug: DebugInfo } {
  return { binary, bias, memory, types, debug: openDebugInfo(binary, inflate, types, bias) };
}

/** Errors: those of `subjectFound`, `sync-map`, `usage-key`. */
function foundHeader(program: Program, name: string, pid: number, key?: string): number {
  const subject = subjectFound(program, name, new Patience(SEARCH_MS, pause));
  if ('syncMap' in subject) throw isSyncMap(name, pid);
  if (key !== undefined) checkKey(program, subject.type, name, key);
  return subject.address;
}

const SEARCH_MS = 10_000;

const NOT_A_PATH: ReadonlySet<string> = new Set(['no-such-variable', 'usage-expression', 'no-dwarf']);

const SYNC_MAP = /^\*?sync\.Map$/;

function isSyncMap(name: string, pid: number): MapauditError {
  return new MapauditError('sync-map', `${name} is a sync.Map, whose keys are followed by its methods`, {
    hint: `mapaudit trace -p ${pid} --sync --map 'sync[.]Map' --key KEY shows each method that is called with the key.`,
  });
}

/** Errors: `usage-key`. Which keys an interface may be is seen only when they come. */
function checkKey(program: Program, type: MapType, name: string, key: string): void {
  const { key: of } = type;
  const { types } = program;
  if (holdsInterface(types, of)) return;
  try {
    keyOfType(key, types, of, () => new Map());
  } catch (error) {
    throw isMapauditError(error, 'usage-key') ? noSuchKey(key, `${name}, ${type.name}`, error) : error;
  }
}

/** Errors: `usage-key` for what is no key of any type that is meant. */
function checkKeyOfTypes({ binary }: Target, pattern: string, key: string): void {
  const types = binary.typeReader();
  const wanted = new RegExp(pattern);
  let why: unknown;
  let [first, count] = ['', 0];
  for (const at of binary.mapTypes()) {
    const map = types.map(addr(at));
    const name = types.nameOf(addr(at));
    if (map === undefined || name === undefined || !wanted.test(name)) continue;
    if (holdsInterface(types, map.key)) return;
    try {
      keyOfType(key, types, map.key, () => new Map());
      return;
    } catch (error) {
      if (!isMapauditError(error, 'usage-key')) throw error;
      why ??= error;
      if (count++ === 0) first = name;
    }
  }
  if (count > 0)
    throw noSuchKey(key, count === 1 ? first : `any of the ${count} map types that match ${pattern}`, why);
}

/** Whether any map type of the binary matches. */
function isType({ binary }: Target, text: string): boolean {
  const reader = binary.typeReader();
  const pattern = new RegExp(text);
  return binary.mapTypes().some((type) => pattern.test(reader.nameOf(addr(type)) ?? ''));
}
