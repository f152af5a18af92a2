import type { EventFrame } from '../protocol/event.ts';
import type { MapFacts } from './facts.ts';

/** `cache.sessions`: what the code at a line would call the map, or `m`. */
export function variableOf({ map }: MapFacts, site: EventFrame | undefined): string {
  const { name } = map;
  if (name === undefined || !/^[\w./-]+(?:\.[\w[\]"*()]+)*$/.test(name)) return 'm';
  return withoutPackage(name.slice(name.lastIndexOf('/') + 1), packageOf(site) ?? 'main');
}

/** `map[string]*Session`: the map's type as the code at a line would write it. */
export function typeOf({ map, key, elem }: MapFacts, site: EventFrame | undefined): string | undefined {
  const parts = key === undefined || elem === undefined ? undefined : `map[${key.type}]${elem.type}`;
  const type = parts ?? map.type;
  return type === undefined ? undefined : localType(type, site);
}

/** A type without the package that the line is in. */
export function localType(type: string, site: EventFrame | undefined): string {
  const name = packageOf(site);
  return name === undefined ? type : type.replace(new RegExp(`\\b${name}\\.(?=[\\p{L}_])`, 'gu'), '');
}

/** `shop` of `example.com/x/shop.(*Cache).evict`. */
function packageOf(site: EventFrame | undefined): string | undefined {
  const match = /^(?:.*\/)?([\p{L}_][\p{L}\p{N}_]*)\./u.exec(site?.function ?? '');
  return match?.[1];
}

const withoutPackage = (name: string, pkg: string): string =>
  name.startsWith(`${pkg}.`) ? name.slice(pkg.length + 1) : name;
