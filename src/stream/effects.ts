import type { ProbePlan } from '../model/probe_plan.ts';
import {
  FLAG_COUNT_UNREADABLE,
  FLAG_GOROUTINE_UNREADABLE,
  FLAG_WRITING,
  RECORD_EXIT,
} from '../model/record.ts';
import type { Columns } from './columns.ts';
import { NONE, OpenOps, OpTables } from './open_ops.ts';
import { judge, judgeAtOnce, lowers, plus, raises, WRITE_NONE } from './outcome.ts';
import { type SiteTable, siteTable } from './site_table.ts';
import { OUTCOME_UNKNOWN, type TracedBatch, UNBOUNDED } from './traced_batch.ts';
import { WaitingRows } from './waiting_rows.ts';

/** How outcomes are found. */
export interface EffectOptions {
  readonly plan: Pick<ProbePlan, 'sites'>;
  /** Nanoseconds of the stream after which an operation is no longer waited for. */
  readonly limit?: number;
  /** Operations that may be open at a time. */
  readonly maxOpen?: number;
  /** Rows that may wait; beyond that the oldest operations are given up. */
  readonly maxWaiting?: number;
}

/**
 * Finds out what each write operation did: the map's count in the operation's own exit record, against the
 * count before it. That is sound when the map was not marked as being written, nothing was lost in between,
 * and what other operations, possibly under way meanwhile, may have added or removed cannot explain the
 * difference. (What the next operation on a map reports is no proof: a map made by maps.Clone may have taken
 * its place unseen.)
 *
 * An operation counts as possibly under way from its record to its exit, to the next record of its
 * goroutine (other than growth, which happens inside an assign), or until `limit` has passed.
 *
 * Rows leave in order, each once it and all before it are known or given up.
 */
export class EffectResolver {
  /** Exit records without an operation: its record was lost or filtered. */
  orphanExits = 0;
  readonly #sites: SiteTable;
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #ops: OpenOps;
  readonly #processes = new Map<number, OpTables>();
  readonly #waiting = new WaitingRows();
  /** Rows are numbered from the start of the stream; this is the first of `#waiting`, and of the batch at hand. */
  #firstWaiting = 0;
  #firstOfBatch = 0;
  #batch: Columns | undefined;
  #pid = -1;
  #tables = new OpTables();
  #lost = 0;
  #epoch = 1;
  /** Batches, from the one at hand on, that may hold traces of a loss. */
  #lossy = 0;

  constructor(options: EffectOptions) {
    this.#sites = siteTable(options.plan.sites);
    this.#limit = options.limit ?? DEFAULT_LIMIT;
    this.#maxWaiting = options.maxWaiting ?? DEFAULT_WAITING;
    this.#ops = new OpenOps(options.maxOpen ?? DEFAULT_OPEN);
  }

  /** Rows that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a batch (in the order of time, after the one before it), the number of records lost so far, read
   * after the drain that brought the batch, and the time up to which the stream is complete.
   */
  push(batch: Columns, lost: number, now: number, consume: (batch: TracedBatch) => void): void {
    this.#beginBatch(batch, lost);
    for (let row = 0; row < batch.length; row++) {
      const pid = batch.pid[row] ?? 0;
      if (pid !== this.#pid) this.#enterProcess(pid);
      if (batch.kind[row] === RECORD_EXIT) this.#onExit(batch, row);
      else this.#onEntry(batch, row);
    }
    this.#expire(now - this.#limit);
    this.#release(batch, consume);
  }

  /** Gives up all waiting and releases everything: the stream has ended. */
  flush(consume: (batch: TracedBatch) => void): void {
    this.#expire(Infinity);
    this.#releaseWaiting(consume);
  }

  /** The process has ended: its pid may come again. What it left open waits no longer than its time. */
  forgetProcess(pid: number): void {
    this.#processes.delete(pid);
    this.#pid = -1;
  }

  #beginBatch(batch: Columns, lost: number): void {
    this.#firstOfBatch = this.#firstWaiting + this.#waiting.length;
    this.#batch = batch;
    if (this.#tables.untidy) this.#ops.tidy(this.#tables);
    if (lost !== this.#lost) {
      this.#lost = lost;
      // The loss may lie after the batch's last row: the next batch is suspect too.
      this.#lossy = 2;
      this.#ops.doubtAll();
    } else if (this.#lossy > 0 && --this.#lossy === 0) {
      this.#epoch++;
    }
    batch.epoch.fill(this.#lossy > 0 ? 0 : this.#epoch, 0, batch.length);
  }

  #enterProcess(pid: number): void {
    this.#pid = pid;
    let tables = this.#processes.get(pid);
    if (tables === undefined) this.#processes.set(pid, (tables = new OpTables()));
    this.#tables = tables;
    if (tables.untidy) this.#ops.tidy(tables);
  }

  #onExit(batch: Columns, row: number): void {
    const map = batch.map[row] ?? 0;
    const flags = batch.flags[row] ?? 0;
    const goid = (flags & FLAG_GOROUTINE_UNREADABLE) === 0 ? (batch.goid[row] ?? 0) : 0;
    const write = this.#sites.write[batch.probe[row] ?? 0] ?? WRITE_NONE;
    const tables = this.#tables;
    const op = goid === 0 || tables.size === 0 ? NONE : (tables.openOf[tables.goroutine(goid)] ?? NONE);
    if (op !== NONE && this.#ops.map[op] === map && this.#ops.write[op] === write) {
      if ((flags & FLAG_COUNT_UNREADABLE) === 0) this.#observe(op, batch.count[row] ?? 0);
      this.#close(op);
      return;
    }
    this.orphanExits++;
    if (op !== NONE) this.#close(op);
    this.#widenAll(map, write);
  }

  #onEntry(batch: Columns, row: number): void {
    const probe = batch.probe[row] ?? 0;
    const flags = batch.flags[row] ?? 0;
    const map = batch.map[row] ?? 0;
    const count = batch.count[row] ?? 0;
    const goid = (flags & FLAG_GOROUTINE_UNREADABLE) === 0 ? (batch.goid[row] ?? 0) : 0;
    const sound = (flags & (FLAG_COUNT_UNREADABLE | FLAG_WRITING)) === 0;
    const tables = this.#tables;
    const inside = this.#sites.inside[probe] === 1;
    const goroutine = goid === 0 ? NONE : tables.goroutine(goid);
    if (goid !== 0 && !inside && tables.size > 0) {
      const own = tables.openOf[goroutine] ?? NONE;
      if (own !== NONE) this.#close(own);
    }
    if (map === 0) {
      batch.outcome[row] = judgeAtOnce(this.#sites.write[probe] ?? WRITE_NONE, map, count, sound);
      return;
    }
    const write = this.#sites.write[probe] ?? WRITE_NONE;
    if (write === WRITE_NONE && tables.size === 0) return;
    const mapNumber = tables.mapNumber(map);
    const head = tables.headOf[mapNumber] ?? NONE;
    if (head !== NONE) this.#meetOthers(batch, row, head, write);
    if (write !== WRITE_NONE) this.#open(batch, row, goroutine, mapNumber, write, sound);
  }

  /** Looks at the operations that may be under way on the row's map: others', and for growth the one it is a part of. */
  #meetOthers(batch: Columns, row: number, head: number, write: number): void {
    const ops = this.#ops;
    let up = 0;
    let down = 0;
    for (let op = head; op !== NONE; op = ops.next[op] ?? NONE) {
      const other = ops.write[op] ?? WRITE_NONE;
      up = plus(up, raises(other));
      down = plus(down, lowers(other));
      if (write !== WRITE_NONE) this.#widen(op, write);
    }
    batch.othersUp[row] = up;
    batch.othersDown[row] = down;
  }

  #open(
    batch: Columns,
    row: number,
    goroutine: number,
    mapNumber: number,
    write: number,
    sound: boolean,
  ): void {
    const map = batch.map[row] ?? 0;
    const count = batch.count[row] ?? 0;
    const alone = batch.othersUp[row] === 0 && this.#lossy === 0;
    const atOnce = judgeAtOnce(write, map, count, sound && alone);
    batch.outcome[row] = atOnce;
    if (atOnce !== OUTCOME_UNKNOWN) return;
    const ops = this.#ops;
    if (ops.full) this.#close(ops.oldest);
    const op = ops.open(this.#tables, goroutine, mapNumber, write);
    ops.goid[op] = goroutine === NONE ? 0 : (batch.goid[row] ?? 0);
    ops.map[op] = map;
    ops.before[op] = count;
    ops.began[op] = timeOf(batch, row);
    const trusted = sound && this.#lossy === 0;
    ops.up[op] = trusted ? (batch.othersUp[row] ?? 0) : UNBOUNDED;
    ops.down[op] = trusted ? (batch.othersDown[row] ?? 0) : UNBOUNDED;
    if (!trusted || goroutine === NONE || this.#sites.waits[batch.probe[row] ?? 0] !== 1) return;
    ops.row[op] = this.#firstOfBatch + row;
    batch.waits[row] = 1;
  }

  /** Judges an operation by the count after it. */
  #observe(op: number, after: number): void {
    const ops = this.#ops;
    const up = ops.up[op] ?? UNBOUNDED;
    const down = ops.down[op] ?? UNBOUNDED;
    const outcome = judge(ops.write[op] ?? WRITE_NONE, ops.before[op] ?? 0, after, up, down);
    const row = ops.row[op] ?? NONE;
    if (outcome !== OUTCOME_UNKNOWN && row !== NONE)
      this.#columnsOf(row).outcome[this.#indexOf(row)] = outcome;
  }

  /** The operation is over, whatever is known of it: its row need not wait. */
  #close(op: number): void {
    const ops = this.#ops;
    const row = ops.row[op] ?? NONE;
    if (row !== NONE) {
      const columns = this.#columnsOf(row);
      const index = this.#indexOf(row);
      columns.waits[index] = 0;
      columns.othersUp[index] = ops.up[op] ?? UNBOUNDED;
      columns.othersDown[index] = ops.down[op] ?? UNBOUNDED;
    }
    ops.close(op);
  }

  #widen(op: number, write: number): void {
    const ops = this.#ops;
    ops.up[op] = plus(ops.up[op] ?? 0, raises(write));
    ops.down[op] = plus(ops.down[op] ?? 0, lowers(write));
  }

  /** An operation nobody knew of has been under way on this map. */
  #widenAll(map: number, write: number): void {
    const tables = this.#tables;
    if (tables.size === 0) return;
    const head = tables.headOf[tables.mapNumber(map)] ?? NONE;
    for (let op = head; op !== NONE; op = this.#ops.next[op] ?? NONE) this.#widen(op, write);
  }

  #expire(limit: number): void {
    const ops = this.#ops;
    while (ops.oldest !== NONE && (ops.began[ops.oldest] ?? 0) <= limit) this.#close(ops.oldest);
  }

  #columnsOf(row: number): Columns {
    return row >= this.#firstOfBatch && this.#batch !== undefined ? this.#batch : this.#waiting.columns;
  }

  #indexOf(row: number): number {
    return row >= this.#firstOfBatch && this.#batch !== undefined
      ? row - this.#firstOfBatch
      : row - this.#firstWaiting;
  }

  #release(batch: Columns, consume: (batch: TracedBatch) => void): void {
    this.#releaseWaiting(consume);
    let settled = 0;
    if (this.#waiting.length === 0) {
      settled = settledRows(batch);
      emit(batch, settled, consume);
      this.#firstWaiting += settled;
    }
    this.#waiting.append(batch, settled);
    this.#batch = undefined;
    while (this.#waiting.length > this.#maxWaiting && this.#ops.oldest !== NONE) {
      this.#close(this.#ops.oldest);
      this.#releaseWaiting(consume);
    }
  }

  #releaseWaiting(consume: (batch: TracedBatch) => void): void {
    const settled = settledRows(this.#waiting.columns);
    if (settled === 0) return;
    emit(this.#waiting.columns, settled, consume);
    this.#waiting.drop(settled);
    this.#firstWaiting += settled;
  }
}

const DEFAULT_LIMIT = 250_000_000;
const DEFAULT_OPEN = 1 << 16;
const DEFAULT_WAITING = 1 << 18;

function timeOf(batch: Columns, row: number): number {
  return (batch.timeHigh[row] ?? 0) * 0x1_0000_0000 + (batch.timeLow[row] ?? 0);
}

/** How many rows from the first on wait for nothing. */
function settledRows(columns: Columns): number {
  const waiting = columns.waits.subarray(0, columns.length).indexOf(1);
  return waiting < 0 ? columns.length : waiting;
}

/** Shows the first `rows` rows to the consumer. */
function emit(columns: Columns, rows: number, consume: (batch: TracedBatch) => void): void {
  if (rows === 0) return;
  const all = columns.length;
  columns.length = rows;
  try {
    consume(columns);
  } finally {
    columns.length = all;
  }
}
