import { findMapLoads, type MapLoad } from '../../go/debug/map_loads.ts';
import { runtimeType } from '../../go/debug/runtime_type.ts';
import { readSymbols } from '../../binary/elf/symbols.ts';
import { type Addr, addr, hex, toAddr } from '../../model/addr.ts';
import { type Place, placeAt, wordAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { pointerSegments, type Segment } from '../place/segments.ts';
import { FIND_LIMITS, type FoundMaps } from './found_map.ts';
import type { FindOptions } from './find_maps.ts';
import { interfacesIn } from './interface_words.ts';
import { MapSearch, type Root } from './search.ts';
import { typedObjectsIn } from './typed_objects.ts';

/**
 * Maps of a program without debug information, from what the runtime and the code tell of its variables: maps
 * that the code loads from fixed addresses, and interfaces in the data segments (the runtime's masks tell
 * their second words as pointers), and large objects that they point to, whose type the runtime keeps; with all
 * that is reached from there. Named by address (`bss+0x1a20`), or by variable where the symbol table is
 * still there. What none of these leads to is not found.
 */
export function findMapsWithoutDebug(
  program: Program,
  options: Pick<FindOptions, 'limits' | 'values' | 'stop'> = {},
): FoundMaps {
  const limits = { ...FIND_LIMITS, ...options.limits };
  const search = new MapSearch(program, limits, options.values, options.stop);
  const segments = pointerSegments(program);
  const nameOf = namer(program, segments);
  const loaded = findMapLoads(program.binary).flatMap((load) => loadedRoot(program, load, nameOf) ?? []);
  const kept = segments.flatMap((segment) => [
    ...interfaceRoots(program, segment, nameOf),
    ...objectRoots(program, segment, nameOf),
  ]);
  return search.run([...loaded, ...kept]);
}

type Namer = (address: Addr) => string;

function loadedRoot(program: Program, load: MapLoad, nameOf: Namer): Root | undefined {
  let address = toAddr(load.variable, program.bias);
  let name = nameOf(address);
  for (const offset of load.offsets) {
    const target = wordAt(program.memory, address);
    if (target === undefined || target === 0) return undefined;
    address = addr(target + offset);
    name = `*(${name})${offset === 0 ? '' : `+${hex(offset)}`}`;
  }
  const type = runtimeType(program.types, toAddr(load.type, program.bias));
  return type === undefined ? undefined : { name, place: placeAt(program.memory, address, type) };
}

function interfaceRoots(program: Program, segment: Segment, nameOf: Namer): readonly Root[] {
  const roots: Root[] = [];
  for (const { offset, type, direct, data } of interfacesIn(program, segment)) {
    const address = addr(segment.start + offset);
    const place: Place = placeAt(program.memory, direct ? addr(address + 8) : data, type);
    roots.push({ name: `${nameOf(address)}.(${type.name})`, place });
  }
  return roots;
}

function objectRoots(program: Program, segment: Segment, nameOf: Namer): readonly Root[] {
  return [...typedObjectsIn(program, segment)].map(({ offset, address, type }) => ({
    name: nameOf(addr(segment.start + offset)),
    place: placeAt(program.memory, address, type),
  }));
}

/** Addresses by the variable of the symbol table that holds them, else by segment, else as they are. */
function namer(program: Program, segments: readonly Segment[]): Namer {
  const symbols = readSymbols(program.binary.elf)
    .filter((symbol) => symbol.size > 0)
    .map(({ name, address, size }) => ({ name, start: toAddr(address, program.bias), size }))
    .sort((a, b) => a.start - b.start);
  return (address) => {
    const symbol = symbols.findLast(({ start }) => start <= address);
    if (symbol !== undefined && address < symbol.start + symbol.size)
      return plus(symbol.name, address - symbol.start);
    const segment = segments.find(({ start, bytes }) => address >= start && address < start + bytes.length);
    return segment === undefined ? hex(address) : `${segment.name}+${hex(address - segment.start)}`;
  };
}

const plus = (name: string, offset: number): string => (offset === 0 ? name : `${name}+${hex(offset)}`);
