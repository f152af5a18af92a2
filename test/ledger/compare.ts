import type { TraceEvent } from '../../src/protocol/event.ts';
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
export interface Comparison {
  readonly events: number;
  readonly missing: number;
  readonly extra: number;
  readonly wrong: number;
  /** Events whose `found` was not known: right, but less than could be. */
  readonly unknownFound: number;
  /** Events without `len`: the map's header was not in memory. */
  readonly unknownLen: number;
  /** Events whose key was unreadable or not captured in full. */
  readonly partialKeys: number;
  /** Wrong values by field. */
  readonly byField: Readonly<Record<string, number>>;
  readonly first: readonly Difference[];
}

const SHOWN = 20;

/** Which of the callers on a goroutine of the ledger program are its own doing. */
export function isLedgers(event: TraceEvent): boolean {
  const caller = event.caller?.function ?? '';
  if (event.op === 'grow' || caller.endsWith(').peek')) return false;
  return /^(main\.|reflect\.|maps\.)/.test(caller) && caller !== 'main.init';
}

/** Compares goroutine by goroutine, operation by operation, field by field. */
export class Comparer {
  readonly #rows: ReadonlyMap<string, LedgerRows>;
  readonly #position = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  readonly #byField: Record<string, number> = {};
  readonly #first: Difference[] = [];
  /** Ops that this trace does not contain at all. */
  readonly #ops: ReadonlySet<string>;
  #events = 0;
  #extra = 0;
  #wrong = 0;
  #unknownFound = 0;
  #unknownLen = 0;
  #partialKeys = 0;

  constructor(rows: ReadonlyMap<string, LedgerRows>, ops: ReadonlySet<string>) {
    this.#rows = rows;
    this.#ops = ops;
  }

  add(event: TraceEvent): void {
    const goid = String(event.goroutine?.id ?? 0);
    const rows = this.#rows.get(goid);
    if (rows === undefined || !isLedgers(event)) return;
    let position = this.#position.get(goid) ?? 0;
    while (position < rows.length && !this.#ops.has(rows.opAt(position))) position++;
    const row = rows.at(position);
    this.#position.set(goid, position + 1);
    this.#events++;
    if (row === undefined) this.#extra++;
    else this.#compare(row, event);
  }

  finish(): Comparison {
    let missing = 0;
    for (const [goid, rows] of this.#rows) {
      for (let i = this.#position.get(goid) ?? 0; i < rows.length; i++)
        if (this.#ops.has(rows.opAt(i))) missing++;
    }
    return {
      events: this.#events,
      missing,
      extra: this.#extra,
      wrong: this.#wrong,
      unknownFound: this.#unknownFound,
      unknownLen: this.#unknownLen,
      partialKeys: this.#partialKeys,
      byField: this.#byField,
      first: this.#first,
    };
  }

  #compare(row: LedgerRow, event: TraceEvent): void {
    const before = this.#wrong;
    const differ = (field: string, wanted: unknown, got: unknown): void => {
      this.#byField[field] = (this.#byField[field] ?? 0) + 1;
      if (this.#wrong === before) this.#wrong++;
      if (this.#first.length < SHOWN) this.#first.push({ goid: row.goid, field, wanted, got, row });
    };
    const same = (field: string, wanted: unknown, got: unknown): void => {
      if (wanted !== got) differ(field, wanted, got);
    };
    same('op', row.op, event.op);
    if (row.function !== '-') same('function', row.function, event.function);
    // A map on the goroutine's stack moves with the stack: the ledger has one of its addresses.
    if (row.map !== '-' && event.map.on_stack !== true) same('map', row.map, event.map.address ?? '0x0');
    if (!(event.map.type ?? '').includes('go.shape.')) same('type', row.type, event.map.type);
    if (event.len === undefined) this.#unknownLen++;
    else same('len', row.len, event.len);
    // All goroutines of the ledger program are begun in main.run.
    same('start', 'main.run.', (event.goroutine?.start ?? '').slice(0, 9));
    this.#compareFound(row, event, same);
    this.#compareKey(row, event, differ);
    this.#compareCaller(row, event, same);
    this.#compareId(row, event, differ);
  }

  #compareFound(row: LedgerRow, event: TraceEvent, same: (f: string, a: unknown, b: unknown) => void): void {
    if (row.op !== 'delete' && row.op !== 'assign') return;
    if (event.found === undefined) this.#unknownFound++;
    else same('found', row.found, event.found);
  }

  #compareKey(row: LedgerRow, event: TraceEvent, differ: (f: string, a: unknown, b: unknown) => void): void {
    if (row.op === 'clear' || row.op === 'iterate') return;
    const { text, truncated, unreadable } = event.key ?? {};
    if (unreadable === true || text === undefined) {
      this.#partialKeys++;
      if (event.key === undefined) differ('key', row.key, undefined);
    } else if (truncated === true) {
      this.#partialKeys++;
      if (!fits(row.key, text)) differ('key', row.key, text);
    } else if (text !== row.key) differ('key', row.key, text);
  }

  #compareCaller(row: LedgerRow, event: TraceEvent, same: (f: string, a: unknown, b: unknown) => void): void {
    const name = event.caller?.function ?? '';
    if (row.caller.endsWith('.') && !row.caller.includes('(')) {
      same('caller', row.caller, name.slice(0, row.caller.length));
      return;
    }
    same('caller', withoutTypes(row.caller), withoutTypes(name));
    if (row.line !== 0) same('line', row.line, event.caller?.line);
  }

  /** One number stands for one address. (One address may have several numbers, in turn.) */
  #compareId(row: LedgerRow, event: TraceEvent, differ: (f: string, a: unknown, b: unknown) => void): void {
    const { id, address } = event.map;
    if (row.map === '-' || row.map === '0x0' || event.map.on_stack === true) return;
    if (id === undefined) {
      differ('id', 'a number', undefined);
      return;
    }
    const known = this.#ids.get(id);
    if (known === undefined) this.#ids.set(id, address ?? '');
    else if (known !== address) differ('id', known, address);
  }
}

/** Whether a text with `…` for what is missing can be a part of the whole. */
function fits(whole: string, shown: string): boolean {
  let at = 0;
  for (const piece of shown.split('…')) {
    const text = piece.replace(/"$/, '');
    const found = whole.indexOf(text, at);
    if (found < 0) return false;
    at = found + text.length;
  }
  return true;
}

/** `main.put[go.shape.int32]` and `main.put[...]` are the same function here. */
const withoutTypes = (name: string): string => name.replace(/\[.*\]/, '[...]');
