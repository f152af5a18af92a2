import { type MapOp, MAP_OPS } from '../model/map_op.ts';
import type { SiteCount } from '../model/probe.ts';
import type { ProbeSite } from '../model/probe_plan.ts';
import { FLAG_COUNT_UNREADABLE, FLAG_STACK_UNREADABLE } from '../model/record.ts';
import type { OpSummary } from '../protocol/summary.ts';
import { OUTCOME_CLEARED, OUTCOME_FOUND, OUTCOME_MISSED, type TracedBatch } from '../stream/traced_batch.ts';

interface OpTally {
  events: number;
  found: number;
  missed: number;
  removed: number;
}

/** Sums over the events of a run, for its summary. */
export class Tally {
  events = 0;
  /** Keys that were to be shown and could not: not readable at the hit, or of an unknown type. */
  keyUnreadable = 0;
  stackUnreadable = 0;
  lenUnreadable = 0;
  readonly #ops = new Map<MapOp, OpTally>();

  /** Counts one delivered event. */
  add(op: MapOp, batch: TracedBatch, row: number): void {
    const flags = batch.flags[row] ?? 0;
    const tally = this.#of(op);
    this.events++;
    tally.events++;
    if ((flags & FLAG_STACK_UNREADABLE) !== 0) this.stackUnreadable++;
    if ((flags & FLAG_COUNT_UNREADABLE) !== 0) this.lenUnreadable++;
    const outcome = batch.outcome[row];
    if (outcome === OUTCOME_FOUND) tally.found++;
    else if (outcome === OUTCOME_MISSED) tally.missed++;
    else if (outcome === OUTCOME_CLEARED) tally.removed += batch.count[row] ?? 0;
  }

  /** Operations that the kernel saw and did not deliver: they count too, only nothing more is known of them. */
  addUnseen(op: MapOp, count: number): void {
    if (count > 0) this.#of(op).events += count;
  }

  byOp(): Partial<Record<MapOp, OpSummary>> {
    const summary: Partial<Record<MapOp, OpSummary>> = {};
    for (const op of MAP_OPS) {
      const tally = this.#ops.get(op);
      if (tally !== undefined) summary[op] = toSummary(tally);
    }
    return summary;
  }

  #of(op: MapOp): OpTally {
    let tally = this.#ops.get(op);
    if (tally === undefined) this.#ops.set(op, (tally = { events: 0, found: 0, missed: 0, removed: 0 }));
    return tally;
  }
}

function toSummary({ events, found, missed, removed }: OpTally): OpSummary {
  return {
    events,
    ...(found + missed > 0 ? { found, not_found: missed } : {}),
    ...(removed > 0 ? { removed } : {}),
  };
}

/** Totals over the entry sites of one probe. */
export interface ProbeTotals {
  readonly hits: number;
  readonly sampledOut: number;
  readonly ringFull: number;
}

export function totalsOf(counts: readonly SiteCount[]): ProbeTotals {
  const sum = (pick: (count: SiteCount) => number): number =>
    counts.reduce((all, count) => all + pick(count), 0);
  return { hits: sum((c) => c.hits), sampledOut: sum((c) => c.sampledOut), ringFull: sum((c) => c.ringFull) };
}

/** The operation of each site, by its index. */
export function opsOf(sites: readonly Pick<ProbeSite, 'index' | 'op'>[]): MapOp[] {
  const ops: MapOp[] = [];
  for (const site of sites) ops[site.index] = site.op;
  return ops;
}
