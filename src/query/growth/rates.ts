import type { EventFrame, EventMap } from '../../protocol/event.ts';
import type { GrowthEvent, GrowthOp, GrowthRate, Growths } from '../../protocol/growth.ts';

interface Count<T> {
  readonly pid: number | undefined;
  what: T;
  readonly ops: Map<GrowthOp, number>;
}

/** Longest list of maps, and of places. */
const MOST = 100;
/** What ends a growth, and what makes room without one. */
const NO_GROWTH: readonly GrowthOp[] = ['evacuate', 'clear', 'prune'];

/** Whether a step makes a map larger, or its storage new. */
export const isGrowth = (op: GrowthOp): boolean => !NO_GROWTH.includes(op);

/** Counts growths by map and by place. */
export class GrowthRates {
  readonly #maps = new Map<string, Count<EventMap>>();
  readonly #sites = new Map<string, Count<EventFrame>>();

  add({ op, map, caller, pid }: GrowthEvent): void {
    const id = `${pid ?? 0} ${map.id ?? map.address ?? ''}`;
    const known = count(this.#maps, id, pid, map, op);
    if (known.what.type === undefined) known.what = map;
    if (caller === undefined || op === 'evacuate') return;
    count(
      this.#sites,
      `${pid ?? 0} ${caller.function} ${caller.file ?? ''}:${caller.line ?? ''}`,
      pid,
      caller,
      op,
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
  op: GrowthOp,
): Count<T> {
  const known = all.get(name) ?? { pid, what, ops: new Map<GrowthOp, number>() };
  all.set(name, known);
  known.ops.set(op, (known.ops.get(op) ?? 0) + 1);
  return known;
}

function busiest<T>(
  all: ReadonlyMap<string, Count<T>>,
  elapsedMs: number,
): (readonly [what: T, pid: { readonly pid?: number }, rate: GrowthRate])[] {
  const rows = [...all.values()].map(({ what, pid, ops }) => {
    const growths = [...ops].filter(([op]) => isGrowth(op));
    const n = growths.reduce((sum, [, times]) => sum + times, 0);
    const rate = {
      count: n,
      per_second: elapsedMs > 0 ? (1000 * n) / elapsedMs : 0,
      by_op: Object.fromEntries(ops),
    };
    return [what, pid === undefined ? {} : { pid }, rate] as const;
  });
  return rows.sort(([, , a], [, , b]) => b.count - a.count).slice(0, MOST);
}
