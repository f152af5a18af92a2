import type { KernelCounter } from '../../model/probe.ts';
import type { RawCounter } from './counter_row.ts';
import { CounterTable } from './counter_table.ts';

/**
 * Turns the kernel's own counters, read every second or so, into the rows that `Counters` gives: then
 * nothing has to pass through the rings. What an operation did is not known here, and maps go by address.
 */
export class KernelCounts {
  readonly #table: CounterTable;
  /** Counts at the last reading and at the one before. */
  #before = new Float64Array(0);
  #now = new Float64Array(0);
  /** What the kernel's counters themselves said last. */
  #read = new Float64Array(0);
  #seconds = 1;

  constructor(maxRows?: number) {
    this.#table = new CounterTable(maxRows);
  }

  /** All operations counted. */
  get events(): number {
    return this.#now.reduce((sum, count) => sum + count, 0);
  }

  /** Takes a reading, `seconds` after the one before. */
  update(counters: readonly KernelCounter[], seconds: number): void {
    const table = this.#table;
    const read = new Float64Array(table.length + counters.length * 2);
    for (const { pid, map, type, site, caller, count } of counters) {
      const slot = table.slot(pid, map, type, site, caller);
      read[slot] = (read[slot] ?? 0) + count;
    }
    for (let slot = 0; slot < table.length; slot++) {
      const fresh = read[slot] ?? 0;
      const last = this.#read[slot] ?? 0;
      // A counter that fell was begun anew: the kernel made room, or the probe was attached again.
      table.count[slot] = (table.count[slot] ?? 0) + (fresh >= last ? fresh - last : fresh);
    }
    this.#read = read;
    this.#before = this.#now;
    this.#now = table.count.slice(0, table.length);
    this.#seconds = seconds;
  }

  /** Counts from this reading on: what was counted before is left out. */
  begin(counters: readonly KernelCounter[]): void {
    this.update(counters, 0);
    this.#table.count.fill(0);
    this.#now = new Float64Array(this.#table.length);
  }

  /** All counters, with the rates between the last two readings. */
  rows(): RawCounter[] {
    const { pid, probe, map, type, caller, length } = this.#table;
    return Array.from({ length }, (_, slot) => ({
      pid: pid[slot] ?? 0,
      probe: probe[slot] ?? 0,
      map: map[slot] ?? 0,
      type: type[slot] ?? 0,
      caller: caller[slot] ?? 0,
      count: this.#now[slot] ?? 0,
      rate: this.#seconds > 0 ? ((this.#now[slot] ?? 0) - (this.#before[slot] ?? 0)) / this.#seconds : 0,
      found: 0,
      missed: 0,
      removed: 0,
    }));
  }
}
