import { PRUNE, REHASH } from '../../go/plan/growth.ts';
import { MAKES } from '../../go/plan/usage.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';
import { FLAG_MAP_ON_STACK, RECORD_ENTRY } from '../../model/record.ts';
import { factsView } from '../../stream/facts.ts';
import { countIsKnown, monotonicOf } from '../../stream/lift.ts';
import {
  OUTCOME_FOUND,
  OUTCOME_MISSED,
  OUTCOME_UNKNOWN,
  type TracedBatch,
} from '../../stream/traced_batch.ts';
import { storedKeyBytes } from '../../stream/waiting_rows.ts';
import { growthFact } from './growth_fact.ts';
import { Life } from './life.ts';
import type { RowLines } from './row_lines.ts';

/** What the ledger of a run needs. */
export interface UsageOptions {
  readonly sites: readonly ProbeSite[];
  readonly lines: RowLines;
  /** CLOCK_MONOTONIC nanoseconds of the beginning, and for how long it is observed. */
  readonly began: bigint;
  readonly observedSeconds: number;
  /** 26 for go1.26.8. */
  readonly minor: number;
}

/** Maps that are kept apart; of more, nothing is said. */
const MOST_LIVES = 20_000;

/** With more than one, an interface is needed. */
const MOST_KEY_TYPES = 4;

/** The write that a goroutine is in. */
interface Write {
  readonly life: Life;
  readonly address: number;
  /** A pruning that was begun, and has done nothing when the table grows after all. */
  prune: boolean;
}

/** How a program uses its maps, life by life, from the rows of a usage plan. */
export class Usage {
  readonly #options: UsageOptions;
  readonly #names: string[] = [];
  readonly #ops: MapOp[] = [];
  readonly #lives = new Map<number, Life>();
  readonly #latest = new Map<number, Life>();
  readonly #writes = new Map<number, Write>();
  /** Maps that were made and not used yet: by address, where. */
  readonly #made = new Map<number, number>();
  #operations = 0;
  #overflow = false;

  constructor(options: UsageOptions) {
    this.#options = options;
    for (const site of options.sites) {
      this.#names[site.index] = site.function;
      this.#ops[site.index] = site.op;
    }
  }

  /** By number of life. */
  get lives(): ReadonlyMap<number, Life> {
    return this.#lives;
  }

  /** Whether no other map has been at its address since. */
  isLatest(life: Life): boolean {
    return this.#latest.get(life.address) === life;
  }

  get operations(): number {
    return this.#operations;
  }

  /** There were more maps than are kept apart. */
  get overflow(): boolean {
    return this.#overflow;
  }

  take(batch: TracedBatch): void {
    for (let row = 0; row < batch.length; row++) {
      const id = batch.mapId[row] ?? 0;
      if (batch.kind[row] !== RECORD_ENTRY || id === 0) continue;
      if (this.#isMake(batch, row)) {
        this.#made.set(batch.map[row] ?? 0, this.#options.lines.addressOf(batch, row));
        continue;
      }
      const life = this.#life(id, batch, row);
      if (life !== undefined) this.#row(life, batch, row);
    }
  }

  #life(id: number, batch: TracedBatch, row: number): Life | undefined {
    let life = this.#lives.get(id);
    if (life === undefined) {
      if (this.#lives.size >= MOST_LIVES) {
        this.#overflow = true;
        return undefined;
      }
      life = new Life(batch.map[row] ?? 0, this.#options.observedSeconds);
      life.made = this.#madeAt(batch, row);
      this.#lives.set(id, life);
    }
    this.#latest.set(life.address, life);
    if (life.type === 0) life.type = batch.type[row] ?? 0;
    if (((batch.flags[row] ?? 0) & FLAG_MAP_ON_STACK) !== 0) life.onStack = true;
    return life;
  }

  #isMake(batch: TracedBatch, row: number): boolean {
    return MAKES.includes(this.#names[batch.probe[row] ?? 0] ?? '');
  }

  /** Where a map that shows for the first time was made; its first operation finds it empty. */
  #madeAt(batch: TracedBatch, row: number): number | undefined {
    const address = batch.map[row] ?? 0;
    const made = this.#made.get(address);
    this.#made.delete(address);
    return countIsKnown(batch, row) && batch.count[row] === 0 ? made : undefined;
  }

  #row(life: Life, batch: TracedBatch, row: number): void {
    const probe = batch.probe[row] ?? 0;
    const name = this.#names[probe] ?? '';
    const op = this.#ops[probe] ?? 'grow';
    const goid = batch.goid[row] ?? 0;
    if (op === 'grow') this.#growth(life, name, goid, batch, row);
    else this.#operation(life, { op, name, goid }, batch, row);
  }

  #operation(
    life: Life,
    { op, name, goid }: { readonly op: MapOp; readonly name: string; readonly goid: number },
    batch: TracedBatch,
    row: number,
  ): void {
    this.#operations++;
    this.#endWrite(goid);
    const address = this.#options.lines.addressOf(batch, row);
    const outcome = batch.outcome[row] ?? OUTCOME_UNKNOWN;
    const place = life.place(op, name, address);
    if (place !== undefined) {
      place.count++;
      if (outcome === OUTCOME_FOUND) place.found++;
      if (outcome === OUTCOME_MISSED) place.missed++;
    }
    const len = countIsKnown(batch, row) ? (batch.count[row] ?? 0) : undefined;
    this.#learnLen(life, op, outcome, len, batch, row);
    if (op === 'iterate') {
      life.sweeps.begin(goid, address, len);
      return;
    }
    life.wrote(goid);
    const keyType = batch.keyType[row] ?? 0;
    if (keyType !== 0 && life.keyTypes.size < MOST_KEY_TYPES) life.keyTypes.add(keyType);
    this.#writes.set(goid, { life, address, prune: false });
    if (op === 'delete') {
      if (outcome !== OUTCOME_FOUND) return;
      life.returns.deleted(keyHash(batch, row));
      if (len !== undefined) life.sweeps.removed(goid, address, len);
      return;
    }
    const inserted = op === 'assign' && outcome !== OUTCOME_FOUND;
    if (inserted && outcome === OUTCOME_MISSED) life.returns.inserted(keyHash(batch, row));
    life.sweeps.other(goid, inserted);
  }

  /** The length before, and where the outcome tells it, after the operation. */
  #learnLen(
    life: Life,
    op: MapOp,
    outcome: number,
    len: number | undefined,
    batch: TracedBatch,
    row: number,
  ): void {
    if (len === undefined) return;
    const at = Number(monotonicOf(batch, row) - this.#options.began) / 1e9;
    life.lens.add(at, len);
    if (op === 'assign' && outcome === OUTCOME_MISSED) life.lens.add(at, len + 1);
    if (op === 'delete' && outcome === OUTCOME_FOUND) life.lens.add(at, len - 1);
    if (op === 'clear') life.lens.add(at, 0);
  }

  #growth(life: Life, name: string, goid: number, batch: TracedBatch, row: number): void {
    const write = this.#writes.get(goid);
    if (name === PRUNE && write !== undefined) {
      write.prune = true;
      return;
    }
    if (name === REHASH && write !== undefined) write.prune = false;
    const facts = factsView(batch, row);
    const len = batch.count[row] ?? 0;
    const growth =
      facts === undefined ? undefined : growthFact(name, { count: len, facts, minor: this.#options.minor });
    if (growth === undefined) return;
    life.grew({
      ...growth,
      ...(countIsKnown(batch, row) ? { len } : {}),
      atSeconds: Number(monotonicOf(batch, row) - this.#options.began) / 1e9,
      address: write?.life === life ? write.address : 0,
    });
  }

  /** A pruning after which the table did not have to grow has made room. */
  #endWrite(goid: number): void {
    const write = this.#writes.get(goid);
    if (write?.prune !== true) return;
    write.prune = false;
    write.life.grew({ kind: 'prune', trigger: 'tombstones', address: write.address });
  }
}

/** FNV-1a of what was recorded of the key. */
function keyHash(batch: TracedBatch, row: number): number {
  const at = batch.keyAt[row] ?? -1;
  if (at < 0) return 0;
  let hash = 0x811c9dc5 ^ (batch.keyType[row] ?? 0) ^ (batch.keySize[row] ?? 0);
  const end = at + storedKeyBytes(batch, row);
  for (let i = at; i < end; i++) hash = Math.imul(hash ^ (batch.payload[i] ?? 0), 0x01000193);
  return hash >>> 0;
}
