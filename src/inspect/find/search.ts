import type { GoField, GoType } from '../../go/debug/go_type.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { atomicPointer, held, partOf, type Place, placeAt, sliceOf, wordOf } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import type {
  Cut,
  FindLimits,
  FoundMap,
  FoundMaps,
  MapValues,
  OnStack,
  Owner,
  SyncMapPart,
} from './found_map.ts';
import { ClosureVariables } from './closure_variables.ts';
import { plausibleMap } from './plausible.ts';
import { Reach, typeKey } from './reach.ts';

/** Where a search begins: a variable under its name. */
export interface Root {
  readonly name: string;
  readonly place: Place;
  /** For local variables. */
  readonly where?: OnStack | undefined;
}

/** A field that leads to maps. */
interface Part {
  readonly field: GoField;
  readonly owner: Owner | undefined;
}

interface Step extends Root {
  readonly depth: number;
  readonly owner: Owner | undefined;
  readonly where: OnStack | undefined;
  readonly part?: SyncMapPart | undefined;
}

/** Larger values are read piece by piece. */
const MAX_READ = 1 << 20;
/** Structs and arrays within each other. */
const MAX_NESTING = 100;

/**
 * Looks through everything that is reached from the roots, breadth first, so that a map gets its shortest
 * name. The program is not stopped: what moves meanwhile may be missed, and what cannot be read is passed over.
 */
export class MapSearch {
  readonly #program: Program;
  readonly #limits: FindLimits;
  readonly #values: MapValues | undefined;
  readonly #stop: () => boolean;
  readonly #reach: Reach;
  readonly #closures: ClosureVariables | undefined;
  readonly #parts = new Map<number | string, readonly Part[]>();
  readonly #maps = new Map<number, FoundMap>();
  readonly #seen = new Set<string>();
  readonly #cuts = new Set<Cut>();
  readonly #damaged: string[] = [];
  #level: Step[] = [];
  #next: Step[] = [];
  #reads = 0;
  #nesting = 0;

  constructor(program: Program, limits: FindLimits, values?: MapValues, stop = (): boolean => false) {
    this.#program = program;
    this.#limits = limits;
    this.#values = values;
    this.#stop = stop;
    this.#closures = program.debug === undefined ? undefined : new ClosureVariables(program);
    this.#reach = new Reach(this.#closures !== undefined);
  }

  /** Searches from some roots. What earlier calls have seen is not looked at again; reads are counted anew. */
  run(roots: Iterable<Root>): FoundMaps {
    this.#reads = 0;
    this.#next = [];
    for (const { name, place, where } of roots) {
      if (this.#timeIsUp()) break;
      this.#add({ name, place, where, depth: 0, owner: undefined });
    }
    while (this.#next.length > 0) {
      [this.#level, this.#next] = [this.#next, []];
      for (const step of this.#level) {
        if (this.#full()) break;
        this.#look(this.#buffered(step.place), step);
      }
      if (this.#full()) break;
    }
    return {
      maps: [...this.#maps.values()],
      cuts: [...this.#cuts],
      visited: this.#seen.size,
      damaged: this.#damaged,
    };
  }

  #full(): boolean {
    if (this.#reads >= this.#limits.reads) this.#cuts.add('reads');
    if (this.#maps.size >= this.#limits.maps) this.#cuts.add('maps');
    return this.#timeIsUp() || this.#reads >= this.#limits.reads || this.#maps.size >= this.#limits.maps;
  }

  #timeIsUp(): boolean {
    if (!this.#cuts.has('time') && this.#stop()) this.#cuts.add('time');
    return this.#cuts.has('time');
  }

  /** Notes a value for the next round, unless it was seen or leads to no map. */
  #add(step: Step): void {
    const { address, type } = step.place;
    if (!this.#reach.leadsToMap(type)) return;
    if (step.depth > this.#limits.depth) {
      this.#cuts.add('depth');
      return;
    }
    if (address !== undefined) {
      const key = `${address}:${typeKey(type)}`;
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
    }
    this.#next.push(step);
  }

  /** The same value with its bytes read at once. */
  #buffered(place: Place): Place {
    this.#reads++;
    const { size } = place.type;
    const bytes = size === 0 || size > MAX_READ ? undefined : place.read(0, size);
    if (bytes === undefined) return place;
    return { ...place, read: (at, n) => (at + n > size ? undefined : bytes.subarray(at, at + n)) };
  }

  /** Looks at a value, and at what lies in it. A type that holds itself exists in broken files alone. */
  #look(place: Place, step: Step): void {
    if (this.#nesting >= MAX_NESTING) return;
    this.#nesting++;
    this.#lookAt(place, step);
    this.#nesting--;
  }

  #lookAt(place: Place, step: Step): void {
    const { kind } = place.type;
    if (kind === 'map') this.#map(place, step);
    else if (kind === 'pointer') this.#pointer(place, step);
    else if (kind === 'interface') this.#interface(place, step);
    else if (kind === 'func') this.#function(place, step);
    else if (kind === 'slice') this.#slice(place, step);
    else if (kind === 'array') this.#array(place, step);
    else if (kind === 'struct') this.#struct(place, step);
  }

  #map(place: Place, step: Step): void {
    const header = wordOf(place, 0);
    if (header === undefined || header === 0 || this.#maps.has(header)) return;
    this.#reads++;
    if (!plausibleMap(this.#program, header)) {
      // Memory that was freed or not yet set is no wonder further on; a variable itself holds a map or nil.
      if (step.depth === 0 && step.where === undefined) this.#damaged.push(step.name);
      return;
    }
    this.#found('map', addr(header), place, step);
  }

  #found(kind: FoundMap['kind'], header: Addr, place: Place, step: Step): void {
    if (this.#maps.has(header)) return;
    const { name, owner, where, depth, part } = step;
    const holder =
      place.address === undefined ? place : placeAt(this.#program.memory, place.address, place.type);
    const map: FoundMap = { kind, name, header, type: place.type, holder, owner, where, part };
    this.#maps.set(header, map);
    const elem = kind === 'map' ? place.type.elem() : undefined;
    if (this.#values === undefined || (elem !== undefined && !this.#reach.leadsToMap(elem))) return;
    let n = 0;
    for (const { path, value, part: inner } of this.#values(map, (type) => this.#reach.leadsToMap(type))) {
      if (n++ >= this.#limits.elements) {
        this.#cuts.add('elements');
        break;
      }
      this.#add({ name: name + path, place: value, where, depth: depth + 1, owner: undefined, part: inner });
    }
  }

  #pointer(place: Place, step: Step): void {
    const target = wordOf(place, 0);
    const elem = place.type.elem();
    if (target === undefined || target === 0 || elem === undefined) return;
    const name = elem.kind === 'struct' ? step.name : `(*${step.name})`;
    this.#add({
      ...step,
      name,
      place: placeAt(this.#program.memory, addr(target), elem),
      depth: step.depth + 1,
    });
  }

  #interface(place: Place, step: Step): void {
    this.#reads++;
    const value = held(this.#program, place);
    if (typeof value === 'string' || !this.#reach.leadsToMap(value.type)) return;
    const name = `${step.name}.(${value.type.name})`;
    const next: Step = { ...step, name, place: value, depth: step.depth + 1 };
    // A pointer-shaped value lies in the interface itself: its bytes are at hand.
    if (value.type.kind === 'map' || value.type.kind === 'pointer') this.#look(value, next);
    else this.#add(next);
  }

  #function(place: Place, step: Step): void {
    if (this.#closures === undefined) return;
    this.#reads++;
    for (const { name, place: value } of this.#closures.of(place))
      this.#add({
        ...step,
        name: `${step.name}{${name}}`,
        place: value,
        depth: step.depth + 1,
        owner: undefined,
      });
  }

  #slice(place: Place, step: Step): void {
    const slice = sliceOf(place);
    const elem = place.type.elem();
    if (slice === undefined || elem === undefined || elem.size === 0 || slice.data === 0) return;
    const { memory } = this.#program;
    const count = this.#count(slice.length);
    const size = count * elem.size;
    this.#reads++;
    const bytes = size > MAX_READ ? undefined : memory.read(slice.data, size);
    for (let i = 0; i < count && !this.#full(); i++) {
      const address = addr(slice.data + i * elem.size);
      const start = i * elem.size;
      const read: Place['read'] = (at, n) =>
        bytes === undefined || at + n > elem.size ? undefined : bytes.subarray(start + at, start + at + n);
      const item = bytes === undefined ? placeAt(memory, address, elem) : { type: elem, address, read };
      this.#look(item, { ...step, name: `${step.name}[${i}]`, depth: step.depth + 1 });
    }
  }

  #array(place: Place, step: Step): void {
    const elem = place.type.elem();
    if (elem === undefined || elem.size === 0) return;
    const count = this.#count(place.type.length() ?? 0);
    for (let i = 0; i < count && !this.#full(); i++)
      this.#look(partOf(place, i * elem.size, elem), { ...step, name: `${step.name}[${i}]` });
  }

  #count(length: number): number {
    if (length > this.#limits.elements) this.#cuts.add('elements');
    return Math.min(length, this.#limits.elements);
  }

  #struct(place: Place, step: Step): void {
    if (place.type.fullName === 'sync.Map' && place.address !== undefined) {
      // One that nothing was put into is all zeros: some libraries have them by the thousand.
      const bytes = place.read(0, place.type.size);
      if (bytes?.some((byte) => byte !== 0) === true) this.#found('sync.Map', place.address, place, step);
      return;
    }
    const pointer = atomicPointer(place);
    if (pointer !== undefined) {
      this.#pointer(pointer, step);
      return;
    }
    for (const { field, owner } of this.#partsOf(place.type))
      this.#look(partOf(place, field.offset, field.type), {
        ...step,
        name: `${step.name}.${field.name}`,
        owner: owner ?? step.owner,
      });
  }

  /** The fields of a struct that lead to maps. */
  #partsOf(type: GoType): readonly Part[] {
    const key = typeKey(type);
    let parts = this.#parts.get(key);
    if (parts === undefined) {
      const fields = (type.fields() ?? []).filter((field) => field.name !== '_');
      parts = fields
        .filter((field) => this.#reach.leadsToMap(field.type))
        .map((field) => ({ field, owner: ownerOf(type, field) }));
      this.#parts.set(key, parts);
    }
    return parts;
  }
}

/** Undefined for structs without a name, whose maps belong to what holds them. */
function ownerOf(struct: GoType, field: GoField): Owner | undefined {
  if (struct.name.startsWith('struct {')) return undefined;
  const lock = struct.fields()?.find(({ type }) => /^sync\.(?:RW)?Mutex$/.test(type.fullName));
  return { type: struct.name, field: field.name, lock: lock?.name };
}
