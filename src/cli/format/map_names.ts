import type { ListedMap, MapSite } from '../../protocol/maps.ts';
import { placeLabel, shortFunction } from '../../protocol/text/labels.ts';
import { printable } from '../../protocol/text/printable.ts';

/** `github.com/x/shop.cache.sessions` as `shop.cache.sessions`. */
export function shortName(name: string): string {
  return printable(name.replace(/^([*(]*)(?:[\w.~-]+\/)+/, '$1'));
}

/** `(*shop.Cache).sessions`: the field of a type, whoever holds it. */
export const ownerName = ({ type, field }: NonNullable<ListedMap['owner']>): string =>
  printable(`(*${type}).${field}`);

/**
 * What a map is called in one cell: a map behind a lock by the type that owns it, others by the variable, and what
 * no variable leads to by the place that writes to it.
 */
export function mapName(map: ListedMap): string {
  const { owner, local, name, observed } = map;
  if (owner !== undefined && (owner.lock !== undefined || local !== undefined)) return ownerName(owner);
  if (name !== undefined) return shortName(name);
  const [site] = observed?.sites ?? [];
  return site === undefined ? map.address : siteName(site);
}

/** How to get to it, where its name does not say it. */
export function mapPath(map: ListedMap): string | undefined {
  const { local, name, owner } = map;
  if (name === undefined) return undefined;
  const path = shortName(name);
  const lock = owner?.lock === undefined ? '' : `, behind ${printable(owner.lock)}`;
  if (local !== undefined)
    return `${path}${lock}, a local variable of ${shortFunction(local.function)} in goroutine ${local.goroutine}`;
  return mapName(map) === path && lock === '' ? undefined : `${path}${lock}`;
}

export const siteName = (site: MapSite): string =>
  placeLabel({ function: site.function, file: site.file, line: site.line });
