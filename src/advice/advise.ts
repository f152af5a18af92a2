import type { Advice } from '../protocol/advice.ts';
import type { EventFrame } from '../protocol/event.ts';
import { churn } from './churn.ts';
import { clearInstead } from './clear.ts';
import type { MapFacts } from './facts.ts';
import { fastKey } from './fast_key.ts';
import { largeElement } from './large_element.ts';
import { onlyGrows } from './only_grows.ts';
import { presize } from './presize.ts';
import { rangeDelete } from './range_delete.ts';
import { shrink } from './shrink.ts';
import { asPlainMap, asSyncMap } from './sync_map.ts';

/** Kinds that look at one map. */
const OF_ONE: readonly ((facts: MapFacts) => Advice | undefined)[] = [
  onlyGrows,
  shrink,
  churn,
  clearInstead,
  largeElement,
  fastKey,
  asSyncMap,
  asPlainMap,
  rangeDelete,
];

/** All that can be said of one map, except what takes all maps of a line. */
export function adviseOne(facts: MapFacts): readonly Advice[] {
  return OF_ONE.flatMap((kind) => kind(facts) ?? []);
}

/**
 * All that can be said of the maps of a program, what saves most memory first. What is said of several maps at the
 * same line is said once, of the one that it is worth most for.
 */
export function advise(all: readonly MapFacts[]): readonly Advice[] {
  const made = grouped(all, (one) => (one.made === undefined ? undefined : keyOf(one.made.site, one.pid)));
  const advice = [...all.flatMap(adviseOne), ...[...made.values()].flatMap((group) => presize(group) ?? [])];
  return onePerSite(advice).sort((a, b) => worth(b) - worth(a));
}

function onePerSite(advice: readonly Advice[]): Advice[] {
  const groups = grouped(advice, ({ kind, site, pid, map }) =>
    site === undefined ? `${kind} ${map.address ?? ''}` : `${kind} ${keyOf(site, pid)}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [best, ...rest] = group.sort((a, b) => worth(b) - worth(a));
    if (best === undefined) return [];
    const others = (best.other_maps ?? 0) + rest.length;
    return [others === 0 ? best : { ...best, other_maps: others }];
  });
}

/** Bytes, with what an hour adds or a minute allocates counted like what is held. */
const worth = ({ gain }: Advice): number =>
  (gain.bytes ?? 0) +
  (gain.bytes_per_hour ?? 0) +
  (gain.allocated_bytes ?? 0) +
  (gain.operations_per_second ?? 0);

const keyOf = (site: EventFrame, pid: number | undefined): string =>
  `${pid ?? 0} ${site.function} ${site.file ?? ''}:${site.line ?? 0}`;

function grouped<T>(all: readonly T[], nameOf: (one: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const name = nameOf(one);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return groups;
}
