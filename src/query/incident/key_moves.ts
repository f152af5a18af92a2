import type { MapOp } from '../../model/map_op.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import type { MovedKey } from '../../protocol/report.ts';
import { keyPrefixes } from '../recorded/prefix_counts.ts';
import type { Span } from './rate_table.ts';

/** Keys that are counted at a time. */
const MOST = 65_536;
/** Fewer events say nothing of a share. */
const LEAST = 20;

interface Count {
  readonly op: MapOp;
  readonly key: string;
  readonly mapType: string | undefined;
  before: number;
  after: number;
}

/** Counts keys, and what they begin with, on both sides of a moment. */
export class KeyMoves {
  readonly #span: Span | undefined;
  readonly #every: number;
  readonly #keys = new Map<string, Count>();
  readonly #prefixes = new Map<string, Count>();
  readonly #totals = new Map<MapOp, { before: number; after: number }>();
  #seconds: { before: number; after: number };

  /** `every`: one operation in how many has an event. Without a span, all counts as after, over `seconds`. */
  constructor(span: Span | undefined, every: number, seconds: number) {
    this.#span = span;
    this.#every = every;
    this.#seconds =
      span === undefined
        ? { before: 0, after: seconds }
        : { before: (span.at - span.from) / 1000, after: (span.to - span.at) / 1000 };
  }

  add({ time, op, key, map }: TraceEvent): void {
    if (key?.text === undefined) return;
    const side = this.#sideOf(Date.parse(time));
    if (side === undefined) return;
    const totals = this.#totals.get(op) ?? { before: 0, after: 0 };
    this.#totals.set(op, totals);
    totals[side]++;
    count(this.#keys, op, key.text, map.type, side);
    for (const prefix of keyPrefixes(key.text)) count(this.#prefixes, op, prefix, map.type, side);
  }

  keys(most: number): MovedKey[] {
    return this.#moved(this.#keys, most);
  }

  /** Of two beginnings of nearly the same keys the longer one. */
  prefixes(most: number): MovedKey[] {
    const all = this.#moved(this.#prefixes, 20 * most);
    return all.filter((one, i) => !all.some((other, j) => i !== j && tellsMore(other, one))).slice(0, most);
  }

  #sideOf(moment: number): 'before' | 'after' | undefined {
    const span = this.#span;
    if (span === undefined) return 'after';
    if (moment < span.from || moment >= span.to) return undefined;
    return moment < span.at ? 'before' : 'after';
  }

  #moved(counts: ReadonlyMap<string, Count>, most: number): MovedKey[] {
    const rate = (events: number, seconds: number): number =>
      seconds > 0 ? (events * this.#every) / seconds : 0;
    return [...counts.values()]
      .map(({ op, key, mapType, before, after }): MovedKey => {
        const totals = this.#totals.get(op) ?? { before: 0, after: 0 };
        return {
          op,
          key,
          ...(mapType === undefined ? {} : { map_type: mapType }),
          before: rate(before, this.#seconds.before),
          after: rate(after, this.#seconds.after),
          share_before: totals.before < LEAST ? 0 : before / totals.before,
          share_after: totals.after < LEAST ? 0 : after / totals.after,
        };
      })
      .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
      .slice(0, most);
  }
}

/** So much of the shorter beginning's operations must have the longer one. */
const NEARLY_ALL = 0.95;

const tellsMore = (long: MovedKey, short: MovedKey): boolean =>
  long.op === short.op &&
  long.map_type === short.map_type &&
  long.key.length > short.key.length &&
  long.key.startsWith(short.key) &&
  long.before >= NEARLY_ALL * short.before &&
  long.after >= NEARLY_ALL * short.after;

/** What finds no room is left out: it is in no share of its own, but in the totals. */
function count(
  counts: Map<string, Count>,
  op: MapOp,
  key: string,
  mapType: string | undefined,
  side: 'before' | 'after',
): void {
  const name = `${op} ${mapType ?? ''} ${key}`;
  let one = counts.get(name);
  if (one === undefined) {
    if (counts.size >= MOST) return;
    counts.set(name, (one = { op, key, mapType, before: 0, after: 0 }));
  }
  one[side]++;
}
