import { printable } from './printable.ts';

/** What is known of a place in the program. */
export interface Place {
  readonly function?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** What is known of a map. */
export interface MapName {
  readonly type?: string | undefined;
  readonly id?: number | undefined;
}

/**
 * `example.com/shop/cache.(*Cache).evict` -> `cache.(*Cache).evict`: a function without the path of its
 * package. Type arguments keep theirs.
 */
export function shortFunction(name: string): string {
  const end = name.search(/[[(]/);
  const slash = name.lastIndexOf('/', end === -1 ? undefined : end);
  return printable(name.slice(slash + 1));
}

/** `cache.(*Cache).evict cache.go:88`; what is not known is left out. */
export function placeLabel(place: Place): string {
  const name = place.function === undefined ? '' : shortFunction(place.function);
  if (place.file === undefined) return name;
  const file = place.file.slice(place.file.lastIndexOf('/') + 1);
  const position = place.line === undefined ? file : `${file}:${place.line}`;
  return `${name} ${printable(position)}`.trim();
}

/** `map[string]*shop.Session #3`; `map ?` stands for a type that is not known. */
export function mapLabel(map: MapName): string {
  const type = map.type === undefined ? 'map ?' : printable(map.type);
  return map.id === undefined ? type : `${type} #${map.id}`;
}

/** `shop (pid 4242)`, or `shop (all processes)`. */
export function targetLabel({ name, pid }: { readonly name: string; readonly pid?: number }): string {
  return `${printable(name)} ${pid === undefined ? '(all processes)' : `(pid ${pid})`}`;
}
