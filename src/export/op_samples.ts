import { type MapOp } from '../model/map_op.ts';
import type { FrameOfEvent, MapEvent } from '../model/map_event.ts';
import type { Window } from '../model/window.ts';

/** Operations of one kind from one stack. */
export interface OpSample {
  readonly op: MapOp;
  /** `map[string]*shop.Session`; absent when not known. */
  readonly mapType: string | undefined;
  /** Innermost first: of the map function itself there is none. Empty where the caller is not known. */
  readonly stack: readonly FrameOfEvent[];
  count: number;
}

/** Stacks that are told apart; what comes beyond is counted under its caller alone. */
const MOST = 100_000;

interface Group {
  readonly stacks: Map<string, OpSample>;
  /** Events, over all stacks. */
  events: number;
}

/**
 * Sums a recording up by operation, map type and stack. Where windows were recorded their counts are exact: events, which
 * may be sampled, only say how the operations of a place fall to its stacks.
 */
export class OpSamples {
  readonly #every: number;
  readonly #groups = new Map<string, Group>();
  readonly #exact = new Map<string, OpSample>();
  #stacks = 0;
  #hasWindows = false;

  /** `every`: one operation in how many has an event. */
  constructor(every: number) {
    this.#every = every;
  }

  event({ op, map, caller, stack }: Pick<MapEvent, 'op' | 'map' | 'caller' | 'stack'>): void {
    const frames = stack ?? (caller === undefined ? [] : [caller]);
    const name = groupName(op, map.type, caller);
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = { stacks: new Map(), events: 0 }));
    group.events++;
    const full = this.#stacks >= MOST;
    const used = full && caller !== undefined ? [caller] : frames;
    const key = used.map(frameText).join('\n');
    let sample = group.stacks.get(key);
    if (sample === undefined) {
      this.#stacks++;
      group.stacks.set(key, (sample = { op, mapType: map.type, stack: used, count: 0 }));
    }
    sample.count++;
  }

  window({ counts }: Window): void {
    this.#hasWindows = true;
    for (const { op, mapType, site, count } of counts) {
      const caller = site === undefined ? undefined : { ...site, inlined: false };
      const name = groupName(op, mapType, caller);
      let exact = this.#exact.get(name);
      if (exact === undefined) {
        exact = { op, mapType, stack: caller === undefined ? [] : [caller], count: 0 };
        this.#exact.set(name, exact);
      }
      exact.count += count;
    }
  }

  /** Whole numbers, whose sum for each operation is that of the windows. */
  samples(): OpSample[] {
    if (!this.#hasWindows)
      return [...this.#groups.values()].flatMap((group) => scaled(group, group.events * this.#every));
    const matched = [...this.#exact].flatMap(([name, exact]) => {
      const group = this.#groups.get(name);
      return group === undefined ? [] : scaled(group, exact.count);
    });
    return [...matched, ...this.#unmatched()];
  }

  /** A growth is counted under the runtime's function and told under the insert: there only its operation fits. */
  #unmatched(): OpSample[] {
    const samples: OpSample[] = [];
    const alone = [...this.#exact].filter(([name]) => !this.#groups.has(name)).map(([, exact]) => exact);
    for (const op of new Set(alone.map((one) => one.op))) {
      const counted = alone.filter((one) => one.op === op && one.count > 0);
      const groups = [...this.#groups]
        .filter(([name]) => name.startsWith(`${op} `) && !this.#exact.has(name))
        .map(([, group]) => group);
      if (groups.length === 0) samples.push(...counted);
      else {
        const stacks = new Map(
          groups.flatMap(({ stacks: of }, i) => [...of].map(([k, v]) => [`${i} ${k}`, v])),
        );
        const events = groups.reduce((sum, group) => sum + group.events, 0);
        const total = counted.reduce((sum, one) => sum + one.count, 0);
        samples.push(...scaled({ stacks, events }, total));
      }
    }
    return samples;
  }
}

/** Falls `total` to the stacks of a group by their events: largest remainders get what rounding leaves. */
function scaled({ stacks, events }: Group, total: number): OpSample[] {
  const parts = [...stacks.values()].map((sample) => {
    const exact = (sample.count * total) / events;
    return { sample, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left = total - parts.reduce((sum, { whole }) => sum + whole, 0);
  parts.sort((a, b) => b.rest - a.rest);
  return parts.flatMap(({ sample, whole }) => {
    const count = left-- > 0 ? whole + 1 : whole;
    return count === 0 ? [] : [{ ...sample, count }];
  });
}

const frameText = ({
  function: name,
  file,
  line,
}: Pick<FrameOfEvent, 'function' | 'file' | 'line'>): string => `${name} ${file ?? ''}:${line ?? ''}`;

const groupName = (
  op: MapOp,
  type: string | undefined,
  caller: Pick<FrameOfEvent, 'function' | 'file' | 'line'> | undefined,
): string => `${op} ${type ?? ''} ${caller === undefined ? '' : frameText(caller)}`;
