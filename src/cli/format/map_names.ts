import { ownerField } from '../../model/owner_field.ts';
import type { ListedMap, MapSite } from '../../protocol/maps.ts';
import { placeLabel, shortFunction } from '../../protocol/text/labels.ts';
import { grouped } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';

/** `github.com/x/shop.cache.sessions` as `shop.cache.sessions`. */
export function shortName(name: string): string {
  return printable(name.replace(/^([*(]*)(?:[\w.~-]+\/)+/, '$1'));
}

/** `(*shop.Cache).sessions`: the field of a type, whoever holds it. */
export const ownerName = (owner: NonNullable<ListedMap['owner']>): string => printable(ownerField(owner));

/**
 * What a map is called in one cell: a map in a struct with a lock by the type that owns it, others by the variable, and what
 * no variable leads to by the place that writes to it.
 */
export function mapName(map: ListedMap): string {
  const { owner, local, name, observed } = map;
  const many = map.maps === undefined ? '' : `${grouped(map.maps)} × `;
  if (owner !== undefined && (owner.lock !== undefined || local !== undefined))
    return many + ownerName(owner);
  const sites = observed?.sites ?? [];
  const site = sites.find(({ op }) => op === 'assign') ?? sites[0];
  if (name !== undefined && !(site !== undefined && isAddress(name))) return many + shortName(name);
  const place = site === undefined ? (map.address ?? '-') : siteName(site);
  return many + place;
}

/** Without debug information a variable is named by where it lies. */
const isAddress = (name: string): boolean => /^[*(]*(?:bss|data)\+0x[0-9a-f]+/.test(name);

/** How to get to it, where its name does not say it. */
export function mapPath(map: ListedMap): string | undefined {
  const { local, name, owner } = map;
  if (name === undefined) return undefined;
  const path = shortName(name);
  const lock = owner?.lock === undefined ? '' : `, in a struct with ${printable(owner.lock)}`;
  if (local !== undefined)
    return `${path}${lock}, local to ${shortFunction(local.function)}, ${goroutines(map, local.goroutine)}`;
  return mapName(map).endsWith(path) && lock === '' ? undefined : `${path}${lock}`;
}

export const siteName = (site: MapSite): string =>
  placeLabel({ function: site.function, file: site.file, line: site.line });

const goroutines = ({ maps }: ListedMap, id: number): string =>
  maps === undefined ? `goroutine ${id}` : `goroutine ${id} and others`;
