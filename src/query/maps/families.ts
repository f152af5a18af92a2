import type { MapRow } from './map_row.ts';
import { sumObserved } from './short_lived.ts';

/** So many maps of one kind and fewer are listed each for itself. */
const FEW = 3;

/** An index, or (first group) a type assertion, which may have brackets of its own. */
const INDEX = /(\.\([^()]*\))|\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]/g;

/** `main.cache.sessions["sess:7"].Data` as `main.cache.sessions[…].Data`. */
export const familyName = (name: string): string =>
  name.replace(INDEX, (_, assertion: string | undefined) => assertion ?? '[…]');

/**
 * Rows in which maps that differ by an index or by the goroutine alone stand together: the shards of a map, the maps
 * of all sessions. Numbers are then sums; what differs is absent.
 */
export function asFamilies(rows: readonly MapRow[]): MapRow[] {
  const families = new Map<string, MapRow[]>();
  for (const [i, row] of rows.entries()) {
    const key = keyOf(row) ?? `one ${i}`;
    const family = families.get(key);
    if (family === undefined) families.set(key, [row]);
    else family.push(row);
  }
  return [...families.values()].flatMap((family) => (family.length <= FEW ? family : [together(family)]));
}

/** What the maps of a family have in common; undefined for a map that cannot be of one. */
function keyOf({ name, map_type: type, local, found }: MapRow): string | undefined {
  if (name === undefined || found === 'probe') return undefined;
  const family = familyName(name);
  return family === name && local === undefined ? undefined : JSON.stringify([family, type, local?.function]);
}

function together(family: readonly MapRow[]): MapRow {
  const [first] = family;
  const entries = sum(family, (row) => row.len);
  const capacity = sum(family, (row) => row.capacity);
  const observed = family.flatMap((row) => row.observed ?? []);
  const numbers = {
    len: entries,
    capacity,
    bytes: sum(family, (row) => row.bytes),
    held_bytes: sum(family, (row) => row.held_bytes),
    fresh_bytes: sum(family, (row) => row.fresh_bytes),
    waste: sum(family, (row) => row.waste),
    tombstones: sum(family, (row) => row.tombstones),
    overflow: sum(family, (row) => row.overflow),
    load: entries === undefined || capacity === undefined || capacity === 0 ? undefined : entries / capacity,
    name: first?.name === undefined ? undefined : familyName(first.name),
    map_type: first?.map_type,
    layout: first?.layout,
    owner: first?.owner,
    local: first?.local,
    part_of: first?.part_of === undefined ? undefined : { part: first.part_of.part },
    observed: observed.length === 0 ? undefined : sumObserved(observed),
  };
  const known = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
  return { kind: first?.kind ?? 'map', found: 'memory', maps: family.length, advice: [], ...known };
}

/** Of what is known; undefined when that is nothing. */
function sum(family: readonly MapRow[], of: (row: MapRow) => number | undefined): number | undefined {
  const known = family.flatMap((row) => of(row) ?? []);
  return known.length === 0 ? undefined : known.reduce((total, n) => total + n, 0);
}
