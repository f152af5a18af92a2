import type { TraceEvent } from '../../src/protocol/event.ts';
import {
  compareCaller,
  compareEffect,
  compareFunction,
  compareStack,
  compareTime,
  type Differ,
  Identities,
  Keys,
  type Open,
} from './fields.ts';
import type { LedgerRow, LedgerRows } from './rows.ts';

/** A difference between ledger and trace. */
export interface Difference {
  readonly goid: string;
  readonly field: string;
  readonly wanted: unknown;
  readonly got: unknown;
  readonly row: LedgerRow;
}

/** What came out of a comparison. */
export interface Comparison extends Readonly<Open> {
  readonly events: number;
  readonly missing: number;
  readonly extra: number;
  readonly wrong: number;
  /** Events by operation. */
  readonly byOp: Readonly<Record<string, number>>;
  /** Wrong values by field. */
  readonly byField: Readonly<Record<string, number>>;
  readonly first: readonly Difference[];
}

/** How ledger and trace are compared. */
export interface CompareOptions {
  /** Operations that were traced. */
  readonly ops: ReadonlySet<string>;
  /** The program was built with inlining. */
  readonly inlines: boolean;
}

const SHOWN = 20;

/**
 * Which of the operations on a goroutine of the ledger program are its own doing: nothing else on them grows a
 * map, and what is read in order to fill in the ledger is left out of it.
 */
export function isLedgers(event: TraceEvent): boolean {
  if (event.op === 'grow') return true;
  const caller = event.caller?.function ?? '';
  // A sync.Map looks keys up before it writes them.
  if ((event.op === 'access' || event.op === 'iterate') && caller.startsWith('sync.')) return false;
  return /^(main\.|reflect\.|maps\.|sync\.)/.test(caller) && !caller.endsWith(').peek');
}

/** Compares goroutine by goroutine, operation by operation, field by field. */
export class Comparer {
  readonly #rows: ReadonlyMap<string, LedgerRows>;
  readonly #options: CompareOptions;
  readonly #position = new Map<string, number>();
  /** Of each goroutine, when its last two operations were written down. */
  readonly #times = new Map<string, readonly [number, number]>();
  readonly #keys = new Keys();
  readonly #identities = new Identities();
  readonly #byOp: Record<string, number> = {};
  readonly #byField: Record<string, number> = {};
  readonly #first: Difference[] = [];
  readonly #open: Open = { unknownFound: 0, unknownLen: 0, unplannedKeys: 0, cutKeys: 0, unsureIds: 0 };
  #events = 0;
  #extra = 0;
  #wrong = 0;

  constructor(rows: ReadonlyMap<string, LedgerRows>, options: CompareOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  add(event: TraceEvent): void {
    const goid = String(event.goroutine?.id ?? 0);
    const rows = this.#rows.get(goid);
    if (rows === undefined || !isLedgers(event)) return;
    const { ops } = this.#options;
    let position = this.#position.get(goid) ?? 0;
    while (position < rows.length && !ops.has(rows.opAt(position))) position++;
    const row = rows.at(position);
    this.#position.set(goid, position + 1);
    this.#events++;
    this.#byOp[event.op] = (this.#byOp[event.op] ?? 0) + 1;
    if (row === undefined) this.#extra++;
    else this.#compare(rows, row, event);
  }

  finish(): Comparison {
    let missing = 0;
    for (const [goid, rows] of this.#rows) {
      for (let i = this.#position.get(goid) ?? 0; i < rows.length; i++)
        if (this.#options.ops.has(rows.opAt(i))) missing++;
    }
    return {
      ...this.#open,
      events: this.#events,
      missing,
      extra: this.#extra,
      wrong: this.#wrong,
      byOp: this.#byOp,
      byField: this.#byField,
      first: this.#first,
    };
  }

  #compare(rows: LedgerRows, row: LedgerRow, event: TraceEvent): void {
    const before = this.#wrong;
    const differ: Differ = (field, wanted, got) => {
      this.#byField[field] = (this.#byField[field] ?? 0) + 1;
      if (this.#wrong === before) this.#wrong++;
      if (this.#first.length < SHOWN) this.#first.push({ goid: row.goid, field, wanted, got, row });
    };
    if (row.op !== event.op) differ('op', row.op, event.op);
    // Code of Go 1.18 and 1.19 that is shared by types is told the shape alone.
    if (!(event.map.type ?? '').includes('go.shape.') && row.type !== event.map.type)
      differ('type', row.type, event.map.type);
    if (event.goroutine?.start !== rows.start) differ('start', rows.start, event.goroutine?.start);
    if (rows.thread !== undefined && event.thread !== rows.thread)
      differ('thread', rows.thread, event.thread);
    compareFunction(row, event, differ);
    this.#identities.compare(row, event, differ, this.#open);
    compareEffect(row, event, differ, this.#open);
    this.#keys.compare(row, event, differ, this.#open);
    compareCaller(row, event, this.#options.inlines, differ);
    compareStack(row, event, differ);
    const [earlier, last] = this.#times.get(row.goid) ?? [0, 0];
    // A growth is a part of the insert that is written down before it, once that is done.
    const isPart = row.op === 'grow';
    compareTime(row, event, isPart ? earlier : last, differ);
    this.#times.set(row.goid, isPart ? [earlier, row.time] : [last, row.time]);
  }
}
