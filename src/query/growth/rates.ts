import type { EventFrame, EventMap } from '../../protocol/event.ts';
import type { Growth, GrowthKind, GrowthRate, Growths } from '../../protocol/growth.ts';

interface Count<T> {
  readonly pid: number | undefined;
  what: T;
  readonly kinds: Map<GrowthKind, number>;
}

/** Longest list of maps, and of places. */
const MOST = 100;
/** Steps of what another line tells already, and clears. */
const NO_GROWTH: readonly GrowthKind[] = ['migrating', 'migrated', 'clear', 'prune'];

/** Counts growths by map and by place. */
export class GrowthRates {
  readonly #maps = new Map<string, Count<EventMap>>();
  readonly #sites = new Map<string, Count<EventFrame>>();

  add({ kind, map, caller, pid }: Growth): void {
    if (kind === 'migrating') return;
    const id = `${pid ?? 0} ${map.id ?? map.address ?? ''}`;
    const known = count(this.#maps, id, pid, map, kind);
    if (known.what.type === undefined) known.what = map;
    if (caller === undefined || kind === 'migrated') return;
    count(
      this.#sites,
      `${pid ?? 0} ${caller.function} ${caller.file ?? ''}:${caller.line ?? ''}`,
      pid,
      caller,
      kind,
    );
  }

  /** All of them over a time. */
  line(elapsedMs: number): Growths {
    const maps = busiest(this.#maps, elapsedMs).map(([map, pid, rate]) => ({ ...pid, map, ...rate }));
    const sites = busiest(this.#sites, elapsedMs).map(([caller, pid, rate]) => ({ ...pid, caller, ...rate }));
    return { type: 'growths', maps, sites };
  }
}

function count<T>(
  all: Map<string, Count<T>>,
  name: string,
  pid: number | undefined,
  what: T,
  kind: GrowthKind,
): Count<T> {
  const known = all.get(name) ?? { pid, what, kinds: new Map<GrowthKind, number>() };
  all.set(name, known);
  known.kinds.set(kind, (known.kinds.get(kind) ?? 0) + 1);
  return known;
}

function busiest<T>(
  all: ReadonlyMap<string, Count<T>>,
  elapsedMs: number,
): (readonly [what: T, pid: { readonly pid?: number }, rate: GrowthRate])[] {
  const rows = [...all.values()].map(({ what, pid, kinds }) => {
    const growths = [...kinds].filter(([kind]) => !NO_GROWTH.includes(kind));
    const n = growths.reduce((sum, [, times]) => sum + times, 0);
    const rate = {
      count: n,
      per_second: elapsedMs > 0 ? (1000 * n) / elapsedMs : 0,
      kinds: Object.fromEntries(kinds),
    };
    return [what, pid === undefined ? {} : { pid }, rate] as const;
  });
  return rows.sort(([, , a], [, , b]) => b.count - a.count).slice(0, MOST);
}
