import { isMapauditError, MapauditError } from '../../base/errors.ts';
import { evaluate, type Evaluated, isSyncMap, mapHeader } from '../../inspect/expr/evaluate.ts';
import { packageScope } from '../../inspect/expr/scope.ts';
import { isFreed } from '../../inspect/freed.ts';
import { keyLookup } from '../../inspect/lookup.ts';
import { mapTypeOf } from '../../inspect/map_type.ts';
import { atomicPointer, held, type Place, pointee } from '../../inspect/place/place.ts';
import type { Program } from '../../inspect/place/program.ts';
import { addr } from '../../model/addr.ts';
import type { Subject } from './subject.ts';
import type { SyncSubject } from './sync_map_lines.ts';

/** Pointers and interfaces between what an expression names and the map. */
const MOST_STEPS = 8;

/** The map that an expression names, or that a pointer or interface which it names leads to. */
export function subjectOfExpression(
  program: Program,
  text: string,
  pause: () => boolean,
): Subject | SyncSubject {
  const { debug } = program;
  if (debug === undefined) throw noDebugInfo();
  const scope = packageScope(program, debug);
  const look = (): Evaluated => evaluate(text, { program, scope, lookup: keyLookup(program, pause) });
  const found = withHint(look);
  const map = mapBehind(program, found);
  if (isSyncMap(map.type) && map.address !== undefined) return { name: found.name, syncMap: map.address };
  const header = mapHeader(map);
  if (header === undefined)
    throw new MapauditError('unreadable-memory', `the memory of ${found.name} cannot be read`, {
      hint: HINTS['unreadable-memory'] ?? '',
    });
  if (header === 0)
    throw new MapauditError('nil-map', `${found.name} is a nil map: it has no entries and no memory`, {
      fields: { name: found.name, type: map.type.name },
      hint: 'Nobody has made it yet, or it was set to nil: look at what makes it.',
    });
  return {
    name: found.name,
    type: mapTypeOf(program, map.type),
    address: addr(header),
    goroutine: undefined,
    isThere: (how) =>
      leadsTo(header, () => mapHeader(mapBehind(program, look()))) ||
      (how === 'alive' && isFreed(program, addr(header)) === false),
  };
}

/** Whether a look gives this header still; where it fails, nothing leads there any more. */
function leadsTo(header: number, look: () => number | undefined): boolean {
  try {
    return look() === header;
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    return false;
  }
}

/** Follows pointers and interfaces to a map, or a sync.Map. */
function mapBehind(program: Program, found: Evaluated): Place {
  let place: Place = found;
  for (let i = 0; i < MOST_STEPS; i++) {
    const { kind } = place.type;
    if (kind === 'map' || isSyncMap(place.type)) return place;
    const pointer = atomicPointer(place);
    const next =
      pointer !== undefined || kind === 'pointer'
        ? pointee(program.memory, pointer ?? place)
        : kind === 'interface'
          ? held(program, place)
          : undefined;
    if (next === 'nil') throw nilOnTheWay(found, kind);
    if (next === undefined || typeof next === 'string') break;
    place = next;
  }
  throw noMap(found, place);
}

function nilOnTheWay({ name, type }: Evaluated, kind: string): MapauditError {
  const what = kind === 'interface' ? 'interface' : 'pointer';
  return new MapauditError('nil-pointer', `${name} is a nil ${what}: there is no map behind it`, {
    fields: { name, type: type.name },
    hint: 'Nobody has set it yet, or it was set to nil.',
  });
}

function noMap({ name, type }: Evaluated, place: Place): MapauditError {
  const struct = place.type.kind === 'struct' ? place.type : undefined;
  const maps = (struct?.fields() ?? []).filter((field) => field.type.kind === 'map');
  const [first] = maps;
  const list = maps.map((field) => `${name}.${field.name}`).join(', ');
  const hint =
    first === undefined
      ? 'Name a map, or something that points to one. mapaudit maps -p PID lists the maps that can be found.'
      : `It has ${maps.length === 1 ? 'a map' : 'maps'}: ${list}`;
  const what =
    place.type.name === type.name
      ? `is no map but a value of type ${type.name}`
      : `is a value of type ${type.name}, which leads to one of type ${place.type.name}: that is no map`;
  return new MapauditError('not-a-map', `${name} ${what}`, {
    fields: { name, type: type.name },
    hint,
  });
}

/** What to do about errors of expressions that say no more than what is. */
const HINTS: Readonly<Record<string, string>> = {
  'optimised-away':
    'The compiler or linker saw that nobody needs it. Name something else that leads to the map, or give --address.',
  'nil-pointer': 'Nobody has set it yet, or it was set to nil.',
  'nil-map': 'Nobody has made it yet, or it was set to nil.',
  'index-out-of-range': 'Indexes begin at 0.',
  'no-such-key': 'Leave the index out to see which keys there are.',
  'unreadable-memory': 'The pointer that leads there may have changed meanwhile: try again.',
  'unknown-type': 'Name a variable of a Go package.',
  'not-a-pointer': 'Leave the * out.',
  'no-such-type': 'Types are written with their package: main.Cache.',
};

function withHint<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const hint = isMapauditError(error) && error.hint === undefined ? HINTS[error.code] : undefined;
    if (hint === undefined || !isMapauditError(error)) throw error;
    throw new MapauditError(error.code, error.message, { fields: error.fields, hint, cause: error });
  }
}

function noDebugInfo(): MapauditError {
  return new MapauditError('no-dwarf', 'the program has no debug information: its variables have no names', {
    hint: "Name the map by its type: --map 'map[string]int', or by its address: --address 0xc000123450. To have names, build without -ldflags=-w and -s.",
  });
}
