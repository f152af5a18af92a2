import { closest } from '../../base/closest.ts';
import { MapauditError } from '../../base/errors.ts';
import type { MapType } from '../../go/types/go_type.ts';
import { findMapsWithoutDebug } from '../../inspect/find/bare.ts';
import { findMaps } from '../../inspect/find/find_maps.ts';
import { FIND_LIMITS, type FoundMap, type FoundMaps } from '../../inspect/find/found_map.ts';
import { valuesOf } from '../../inspect/find/map_values.ts';
import { plausibleMap } from '../../inspect/find/plausible.ts';
import { allMapTypes, mapTypeOf, mapTypesNamed } from '../../inspect/map_type.ts';
import { keysFit } from '../../inspect/hash/keys_fit.ts';
import { hashOf } from './measured.ts';
import { isFreed } from '../../inspect/freed.ts';
import { HEADER_BYTES } from '../../inspect/map_header.ts';
import { imageOf } from '../../inspect/place/image.ts';
import { wordAt, wordOf } from '../../inspect/place/place.ts';
import type { Program } from '../../inspect/place/program.ts';
import { type Addr, addr, hex } from '../../model/addr.ts';
import { ownerField } from '../../model/owner_field.ts';
import { best } from './best.ts';
import type { Patience } from './patience.ts';
import type { Subject } from './subject.ts';
import type { SyncSubject } from './sync_map_lines.ts';

/** Errors list so many. */
const MOST_LISTED = 12;

/** The map whose header lies at an address: of a type that was named, or of the type as which it was found. */
export function subjectAt(
  program: Program,
  address: Addr,
  typeText: string | undefined,
  patience: Patience,
): Subject | SyncSubject {
  if (program.memory.read(address, 8) === undefined)
    throw new MapauditError('unreadable-memory', `there is no memory at ${hex(address)}`, {
      fields: { address: hex(address) },
      hint: 'The map may be gone, or the address be of another process or an earlier run.',
    });
  if (typeText !== undefined) return subjectOfType(program, address, typeText, patience);
  const found = search(program, patience);
  const map = found.maps.find((one) => one.header === address);
  if (map !== undefined) return subjectOf(program, map);
  const holder = found.maps.find((one) => one.kind === 'map' && one.holder.address === address);
  throw new MapauditError('no-map-there', `no map is known at ${hex(address)}${limited(found)}`, {
    fields: { address: hex(address) },
    hint:
      holder === undefined
        ? "Say what it is: --type 'map[string]int'. If it was a map, it may be gone: nothing that was looked through leads to it."
        : `That is where the variable ${holder.name} lies. Its map: --address ${hex(holder.header)}`,
  });
}

function subjectOfType(program: Program, address: Addr, text: string, patience: Patience): Subject {
  const type = chosenType(program, text);
  if (isFreed(program, address) === true)
    throw new MapauditError(
      'freed-map',
      `there is no map at ${hex(address)} any more: the garbage collector has freed that memory`,
      {
        fields: { address: hex(address), type: type.name },
        hint: 'Nothing led to the map any more. mapaudit maps -p PID lists those that are there.',
      },
    );
  if (isWiped(program, address))
    throw new MapauditError(
      'freed-map',
      `there is no map at ${hex(address)} any more: the memory is all zero`,
      {
        fields: { address: hex(address), type: type.name },
        hint: 'The map is gone, and its memory was given back. mapaudit maps -p PID lists those that are there.',
      },
    );
  if (!plausibleMap(program, address))
    throw new MapauditError('not-a-map', `what lies at ${hex(address)} is no map`, {
      fields: { address: hex(address), type: type.name },
      hint: notThere(program, address),
    });
  const { memory, types } = program;
  const hash = hashOf(program);
  const fits = hash && keysFit({ memory, type, address, pause: () => patience.pause() }, types, hash);
  if (fits === false)
    throw new MapauditError('wrong-type', `the map at ${hex(address)} is no ${type.name}`, {
      fields: { address: hex(address), type: type.name },
      hint: 'The hashes of its keys are others. Without --type its own is looked for.',
    });
  const isThere = (): boolean => isFreed(program, address) !== true;
  return { name: undefined, type, address, goroutine: undefined, isThere };
}

/** A map has a random seed: its header is never all zero, but memory that is to be used again is. */
function isWiped({ memory }: Program, address: Addr): boolean {
  return memory.read(address, HEADER_BYTES)?.every((byte) => byte === 0) === true;
}

/** A variable that holds a map holds the address of its header. */
function notThere(program: Program, address: Addr): string {
  const target = wordAt(program.memory, address);
  return target !== undefined && target !== 0 && plausibleMap(program, target)
    ? `It points to what can be one: --address ${hex(target)}`
    : 'The map is gone, or the address is that of something else: a map is named by the address of its header.';
}

function chosenType(program: Program, text: string): MapType {
  const names = allMapTypes(program).flatMap((one) => program.types.nameOf(one) ?? []);
  const [name, ...others] = new Set(best(names, text, (one) => [one]));
  if (name === undefined) {
    const near = closest(text, names);
    throw new MapauditError('no-such-type', `the program has no map type that matches ${text}`, {
      fields: { type: text },
      hint:
        near === undefined
          ? `It has ${names.length} map types, among them ${names.slice(0, 5).join(', ')}`
          : `Did you mean ${near}?`,
    });
  }
  const [type, another] = mapTypesNamed(program, (one) => one === name);
  if (type !== undefined && another === undefined && others.length === 0) return type;
  const all = others.length === 0 ? [name, name] : [name, ...others];
  throw new MapauditError('ambiguous-type', `several map types match ${text}:\n${listed(all)}`, {
    fields: { type: text },
    hint:
      others.length === 0
        ? 'Packages of the same name have types of the same name: use --expr.'
        : 'Name one of them.',
  });
}

/** The one found map whose name, address or type is meant. */
export function subjectFound(program: Program, text: string, patience: Patience): Subject | SyncSubject {
  if (/^0x[0-9a-f]+$/i.test(text)) return subjectAt(program, addr(Number(text)), undefined, patience);
  if (/^#?\d+$/.test(text))
    throw new MapauditError('no-such-map', `numbers such as ${text} hold for one run of trace or top`, {
      fields: { map: text },
      hint: 'Give the address that their --json output has, or that mapaudit maps shows: --map 0xc000123450',
    });
  const found = search(program, patience);
  const fitting = best(found.maps, text, (one) => [...namesOf(one), one.type.name]);
  // The maps of a sync.Map bear its name: it is meant, unless one of them is.
  const whole = fitting.filter(({ part }) => part === undefined);
  const [map, ...others] = whole.length > 0 ? whole : fitting;
  if (map === undefined) throw noSuchMap(text, found);
  if (others.length === 0) return subjectOf(program, map);
  const lines = [map, ...others].map((one) => `${hex(one.header)}  ${one.name}  ${one.type.name}`);
  throw new MapauditError('ambiguous-map', `${others.length + 1} maps match ${text}:\n${listed(lines)}`, {
    fields: { map: text, matches: others.length + 1 },
    hint: 'Name one of them, or give its address: --map 0xc000123450',
  });
}

/** What `maps` may show it as. */
const namesOf = ({ name, owner }: FoundMap): readonly string[] =>
  owner === undefined ? [name] : [name, ownerField(owner)];

function noSuchMap(text: string, found: FoundMaps): MapauditError {
  const near = closest(
    text,
    found.maps.flatMap((map) => namesOf(map)),
  );
  return new MapauditError('no-such-map', `no map is known that matches ${text}${limited(found)}`, {
    fields: { map: text, known: found.maps.length },
    hint:
      near === undefined
        ? 'mapaudit maps -p PID lists the maps that are known. A local variable may have been optimised away: --observe then shows its map, by who writes to it.'
        : `Did you mean ${near}?`,
  });
}

function listed(lines: readonly string[]): string {
  const shown = lines.slice(0, MOST_LISTED).map((line) => `    ${line}`);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`    … ${more} more`] : [])].join('\n');
}

/** Every map that can be found: also those that only local variables or other maps lead to. */
function search(program: Program, patience: Patience): FoundMaps {
  const { debug } = program;
  const values = valuesOf(program, FIND_LIMITS.elements, () => patience.pause());
  const end = performance.now() + patience.leftMs;
  const options = { values, stop: (): boolean => performance.now() > end };
  return debug === undefined
    ? findMapsWithoutDebug(program, options)
    : findMaps(program, debug, { ...options, stacks: true });
}

const limited = ({ cuts }: FoundMaps): string =>
  cuts.length === 0 ? '' : ' (not everything was looked through)';

function subjectOf(program: Program, map: FoundMap): Subject | SyncSubject {
  if (map.kind === 'sync.Map') return { name: map.name, syncMap: map.header };
  return {
    name: map.name,
    type: mapTypeOf(program, map.type),
    address: map.header,
    goroutine: map.where?.goroutine,
    isThere: (how) => isHeld(program, map, how),
  };
}

/** A variable of a package stays where it is; what else held the map may have moved itself. */
function isHeld(program: Program, { holder, header }: FoundMap, how: 'led to' | 'alive'): boolean {
  const { address } = holder;
  const freed = isFreed(program, header);
  if (address === undefined || !imageOf(program)(address)) return freed !== true;
  return wordOf(holder, 0) === header || (how === 'alive' && freed === false);
}
