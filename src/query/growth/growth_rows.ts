import { HASH_GROW, PRUNE } from '../../go/plan/growth.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';
import { FACTS, FACTS_TABLE, FLAG_COUNT_UNREADABLE, RECORD_EXIT } from '../../model/record.ts';
import type { GrowthEvent } from '../../protocol/growth.ts';
import { factsView, tableOf } from '../../stream/facts.ts';
import { type EventLifter, monotonicOf } from '../../stream/lift.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';
import { Migrations } from './migrations.ts';
import { stepOf } from './steps.ts';

/** What telling growths needs. */
export interface GrowthRowsOptions {
  readonly sites: readonly ProbeSite[];
  readonly lifter: EventLifter;
  /** Of the Go version: 21 of 1.21. */
  readonly minor: number;
  readonly accepts: (batch: TracedBatch, row: number) => boolean;
}

/** A Swiss growth whose end has not been seen yet. */
interface Open {
  readonly event: GrowthEvent;
  readonly began: bigint;
  /** Tombstones before: of a pruning only. */
  readonly tombstones: number | undefined;
}

/** An end that does not come within this many nanoseconds was lost. */
const LONGEST = 5_000_000_000n;

/** Turns the rows of a growth plan into events: entries with their ends, migrations with their beginnings. */
export class GrowthRows {
  readonly migrations = new Migrations();
  readonly #options: GrowthRowsOptions;
  /** By process and goroutine: a growth is one call, so there is at most one. */
  readonly #open = new Map<string, Open>();
  /** Functions whose ends are probed. */
  readonly #withEnd: ReadonlySet<string>;

  constructor(options: GrowthRowsOptions) {
    this.#options = options;
    this.#withEnd = new Set(options.sites.filter((s) => s.role === 'exit').map((s) => s.function));
  }

  /** The growths that a batch completes, in the order of their ends. */
  take(batch: TracedBatch): GrowthEvent[] {
    const events: GrowthEvent[] = [];
    for (let row = 0; row < batch.length; row++) {
      const name = this.#options.sites[batch.probe[row] ?? 0]?.function ?? '';
      const who = `${batch.pid[row] ?? 0} ${batch.goid[row] ?? 0}`;
      if (batch.kind[row] === RECORD_EXIT) events.push(...this.#end(who, batch, row));
      else events.push(...this.#giveUp(who), ...this.#begin(name, who, batch, row));
    }
    return events;
  }

  /** Growths whose ends were not seen: all of them, or only those that are too old at `now`. */
  flush(now?: bigint): GrowthEvent[] {
    const late = [...this.#open].filter(([, open]) => now === undefined || now - open.began > LONGEST);
    return late.flatMap(([who]) => this.#giveUp(who));
  }

  #begin(name: string, who: string, batch: TracedBatch, row: number): GrowthEvent[] {
    if (!this.#options.accepts(batch, row)) return [];
    const facts = factsView(batch, row);
    if (facts === undefined) return [];
    const step = stepOf(name, { count: batch.count[row] ?? 0, facts, minor: this.#options.minor });
    if (step === undefined) return [];
    const event: GrowthEvent = { ...this.#options.lifter.lift(batch, row), ...step };
    if (name === HASH_GROW) this.migrations.begin(event, facts, batch, row);
    if (step.op === 'clear') this.migrations.forget(batch, row);
    if (step.op === 'evacuate') return [this.migrations.end(event, batch, row)];
    if (!this.#withEnd.has(name)) return [event];
    const hasTable = (facts.getUint8(FACTS.valid) & FACTS_TABLE) !== 0;
    if (name === PRUNE && !hasTable) return [];
    const tombstones = name === PRUNE ? tableOf(facts.getBigUint64(FACTS.table, true)).tombstones : undefined;
    this.#open.set(who, { event, began: monotonicOf(batch, row), tombstones });
    return [];
  }

  #end(who: string, batch: TracedBatch, row: number): GrowthEvent[] {
    const open = this.#open.get(who);
    if (open === undefined) return [];
    this.#open.delete(who);
    const duration = Number(monotonicOf(batch, row) - open.began);
    const ended = { ...open.event, growth: { ...open.event.growth, duration_ns: duration } };
    if (open.tombstones === undefined) return [ended];
    if (((batch.flags[row] ?? 0) & FLAG_COUNT_UNREADABLE) !== 0) return [];
    const tombstones = open.tombstones - tableOf(BigInt(batch.count[row] ?? 0)).tombstones;
    // Most calls look, and find that it is not worth it.
    return tombstones > 0 ? [{ ...ended, growth: { ...ended.growth, tombstones } }] : [];
  }

  /** A growth of which no end was seen. Whether a pruning did anything is then not known. */
  #giveUp(who: string): GrowthEvent[] {
    const open = this.#open.get(who);
    if (open === undefined) return [];
    this.#open.delete(who);
    return open.tombstones === undefined ? [open.event] : [];
  }
}
