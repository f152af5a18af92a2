import { RECORD_ENTRY } from '../../model/record.ts';
import { OUTCOME_CLEARED, OUTCOME_FOUND, OUTCOME_MISSED, type TracedBatch } from '../traced_batch.ts';
import type { MapColumn, RawCounter } from './counter_row.ts';
import { CounterTable } from './counter_table.ts';

/** One window of time that is over. */
export interface ClosedWindow {
  /** CLOCK_MONOTONIC nanoseconds, as a double: for labels and rates, not for exact sums. */
  readonly start: number;
  readonly end: number;
  /** Operations in the window. */
  readonly events: number;
}

/** How counters are kept. */
export interface CounterOptions {
  /** Count by the map's number, or by its address where lives are not numbered. */
  readonly map: MapColumn;
  /** Nanoseconds of a window. */
  readonly window?: number;
  readonly maxRows?: number;
}

/**
 * Exact counters over traced rows, in windows of event time. Rates are those of the last closed window.
 * A window closes when a row beyond its end comes, or when `advance` says that time has passed.
 */
export class Counters {
  readonly mapColumn: MapColumn;
  readonly #table: CounterTable;
  readonly #window: number;
  /** Counts at the last two ends of windows. */
  #atStart = new Float64Array(0);
  #atEnd = new Float64Array(0);
  #end = 0;
  #events = 0;
  #eventsBefore = 0;
  readonly #closed: ClosedWindow[] = [];

  constructor(options: CounterOptions) {
    this.mapColumn = options.map;
    this.#window = options.window ?? ONE_SECOND;
    this.#table = new CounterTable(options.maxRows);
  }

  /** All operations counted. */
  get events(): number {
    return this.#events;
  }

  /** Counts the entry rows of a batch. */
  add(batch: TracedBatch): void {
    for (let row = 0; row < batch.length;) {
      const next = this.#rowsBefore(batch, row);
      this.#count(batch, row, next);
      row = next;
    }
  }

  /** Closes windows that ended before `now`, though no row came. */
  advance(now: number): void {
    if (this.#end === 0) this.#end = now + this.#window;
    while (now >= this.#end) this.#close();
  }

  /** Windows closed since the last call, oldest first; the newest few are kept when nobody asks. */
  takeClosed(): readonly ClosedWindow[] {
    return this.#closed.splice(0);
  }

  /** All counters, with the rates of the last closed window. */
  rows(): RawCounter[] {
    const table = this.#table;
    const seconds = this.#window / ONE_SECOND;
    const rows: RawCounter[] = [];
    for (let slot = 0; slot < table.length; slot++) {
      rows.push({
        pid: table.pid[slot] ?? 0,
        probe: table.probe[slot] ?? 0,
        map: table.map[slot] ?? 0,
        type: table.type[slot] ?? 0,
        caller: table.caller[slot] ?? 0,
        count: table.count[slot] ?? 0,
        rate: ((this.#atEnd[slot] ?? 0) - (this.#atStart[slot] ?? 0)) / seconds,
        found: table.found[slot] ?? 0,
        missed: table.missed[slot] ?? 0,
        removed: table.removed[slot] ?? 0,
      });
    }
    return rows;
  }

  /** The end of the run of rows, from `first` on, that lie in one window. */
  #rowsBefore(batch: TracedBatch, first: number): number {
    this.advance(timeOf(batch, first));
    if (timeOf(batch, batch.length - 1) < this.#end) return batch.length;
    let low = first + 1;
    let high = batch.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (timeOf(batch, middle) < this.#end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #count(batch: TracedBatch, first: number, end: number): void {
    const table = this.#table;
    const { kind, pid, type, probe, caller, outcome, count } = batch;
    const map = this.mapColumn === 'id' ? batch.mapId : batch.map;
    let events = 0;
    for (let row = first; row < end; row++) {
      if (kind[row] !== RECORD_ENTRY) continue;
      events++;
      const slot = table.slot(
        pid[row] ?? 0,
        map[row] ?? 0,
        type[row] ?? 0,
        probe[row] ?? 0,
        caller[row] ?? 0,
      );
      table.count[slot] = (table.count[slot] ?? 0) + 1;
      const known = outcome[row];
      if (known === OUTCOME_FOUND) table.found[slot] = (table.found[slot] ?? 0) + 1;
      else if (known === OUTCOME_MISSED) table.missed[slot] = (table.missed[slot] ?? 0) + 1;
      else if (known === OUTCOME_CLEARED)
        table.removed[slot] = (table.removed[slot] ?? 0) + (count[row] ?? 0);
    }
    this.#events += events;
  }

  #close(): void {
    this.#atStart = this.#atEnd;
    this.#atEnd = this.#table.count.slice(0, this.#table.length);
    const events = this.#events - this.#eventsBefore;
    this.#eventsBefore = this.#events;
    this.#closed.push({ start: this.#end - this.#window, end: this.#end, events });
    if (this.#closed.length > KEPT_WINDOWS) this.#closed.shift();
    this.#end += this.#window;
  }
}

const ONE_SECOND = 1_000_000_000;
const KEPT_WINDOWS = 600;

function timeOf(batch: TracedBatch, row: number): number {
  return (batch.timeHigh[row] ?? 0) * 0x1_0000_0000 + (batch.timeLow[row] ?? 0);
}
