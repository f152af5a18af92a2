import type { ProbeSite } from '../../model/probe_plan.ts';
import { EVACUATED, HASH_GROW, PRUNE } from '../../go/plan/growth.ts';
import { FACTS, FACTS_TABLE, FLAG_COUNT_UNREADABLE, RECORD_EXIT } from '../../model/record.ts';
import type { Growth } from '../../protocol/growth.ts';
import { factsView, tableOf } from '../../stream/facts.ts';
import { type EventLifter, monotonicOf } from '../../stream/lift.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';
import { Migrations } from './migrations.ts';
import { growthFacts } from './steps.ts';

/** What telling growths needs. */
export interface GrowthRowsOptions {
  readonly sites: readonly ProbeSite[];
  readonly lifter: EventLifter;
  readonly accepts: (batch: TracedBatch, row: number) => boolean;
}

/** A Swiss growth whose end has not been seen yet. */
interface Open {
  readonly growth: Growth;
  readonly began: bigint;
  /** Tombstones before: of a pruning only. */
  readonly tombstones: number | undefined;
}

/** An end that does not come within this many nanoseconds was lost. */
const LONGEST = 5_000_000_000n;

/** Turns the rows of a growth plan into growths: entries with their ends, migrations with their beginnings. */
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
  take(batch: TracedBatch): Growth[] {
    const growths: Growth[] = [];
    for (let row = 0; row < batch.length; row++) {
      const name = this.#options.sites[batch.probe[row] ?? 0]?.function ?? '';
      const who = `${batch.pid[row] ?? 0} ${batch.goid[row] ?? 0}`;
      if (batch.kind[row] === RECORD_EXIT) growths.push(...this.#end(who, batch, row));
      else growths.push(...this.#giveUp(who), ...this.#begin(name, who, batch, row));
    }
    return growths;
  }

  /** Growths whose ends were not seen: all of them, or only those that are too old at `now`. */
  flush(now?: bigint): Growth[] {
    const late = [...this.#open].filter(([, open]) => now === undefined || now - open.began > LONGEST);
    return late.flatMap(([who]) => this.#giveUp(who));
  }

  #begin(name: string, who: string, batch: TracedBatch, row: number): Growth[] {
    if (!this.#options.accepts(batch, row)) return [];
    const view = factsView(batch, row);
    const facts = view === undefined ? undefined : growthFacts(name, batch.count[row] ?? 0, view);
    if (view === undefined || facts === undefined) return [];
    const began = monotonicOf(batch, row);
    const growth: Growth = { ...this.#common(batch, row), ...facts };
    if (name === HASH_GROW) this.migrations.begin(growth, view, batch, row);
    if (facts.kind === 'clear') this.migrations.forget(batch, row);
    if (name === EVACUATED) return [this.migrations.end(growth, batch, row)];
    if (!this.#withEnd.has(name)) return [growth];
    const hasTable = (view.getUint8(FACTS.valid) & FACTS_TABLE) !== 0;
    if (name === PRUNE && !hasTable) return [];
    const tombstones = name === PRUNE ? tableOf(view.getBigUint64(FACTS.table, true)).tombstones : undefined;
    this.#open.set(who, { growth, began, tombstones });
    return [];
  }

  #end(who: string, batch: TracedBatch, row: number): Growth[] {
    const open = this.#open.get(who);
    if (open === undefined) return [];
    this.#open.delete(who);
    const growth = { ...open.growth, duration_ns: Number(monotonicOf(batch, row) - open.began) };
    if (open.tombstones === undefined) return [growth];
    if (((batch.flags[row] ?? 0) & FLAG_COUNT_UNREADABLE) !== 0) return [];
    const tombstones = open.tombstones - tableOf(BigInt(batch.count[row] ?? 0)).tombstones;
    // Most calls look, and find that it is not worth it.
    return tombstones > 0 ? [{ ...growth, tombstones }] : [];
  }

  /** A growth of which no end was seen. Whether a pruning did anything is then not known. */
  #giveUp(who: string): Growth[] {
    const open = this.#open.get(who);
    if (open === undefined) return [];
    this.#open.delete(who);
    return open.tombstones === undefined ? [open.growth] : [];
  }

  #common(batch: TracedBatch, row: number): Omit<Growth, 'kind'> {
    const { time, pid, map, len, goroutine, thread, caller, stack } = this.#options.lifter.lift(batch, row);
    return {
      type: 'growth',
      time,
      ...(pid === undefined ? {} : { pid }),
      map,
      ...(len === undefined ? {} : { len }),
      ...(goroutine === undefined ? {} : { goroutine }),
      thread,
      ...(caller === undefined ? {} : { caller }),
      ...(stack === undefined ? {} : { stack }),
    };
  }
}
