import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One operation as the ledger program wrote it down. */
export interface LedgerRow {
  readonly goid: string;
  /** When it was written down, in microseconds since 1970: after the operation, and before the next. */
  readonly time: number;
  readonly op: string;
  /** `-`: which function it is depends on the release. */
  readonly function: string;
  /** `-`: the map lies on the stack and may move. */
  readonly map: string;
  readonly type: string;
  readonly key: string;
  /** Bytes of the key that are shown at least; undefined where it is not to be cut. */
  readonly shown: number | undefined;
  readonly len: number;
  /** Undefined for operations that have no key. */
  readonly found: boolean | undefined;
  /** `reflect.`, `maps.` and `sync.` stand for any function of that package. */
  readonly caller: string;
  /** 0: not known. */
  readonly line: number;
  /** Without its folders; '' where the line is not known. */
  readonly file: string;
  /** Each map that the program made has its own; 0 for a nil map, -1 for one on the stack. */
  readonly number: number;
  /** Frames as `function:line`, innermost first, without those beyond the 30th; empty where none were asked for. */
  readonly stack: readonly string[];
}

/** What one goroutine did, in order. Kept as text: ten million rows as objects would not fit. */
export class LedgerRows {
  /** The function that the goroutine began with. */
  readonly start: string;
  /** The thread that it is bound to, if it is. */
  readonly thread: number | undefined;
  readonly #lines: string[] = [];

  constructor(start: string, thread: number | undefined) {
    this.start = start;
    this.thread = thread;
  }

  get length(): number {
    return this.#lines.length;
  }

  add(line: string): void {
    this.#lines.push(line);
  }

  at(position: number): LedgerRow | undefined {
    const line = this.#lines[position];
    return line === undefined ? undefined : parseRow(line);
  }

  /** The operation alone, which is looked at more often. */
  opAt(position: number): string {
    return this.#lines[position]?.split('\t', 3)[2] ?? '';
  }
}

/** The rows of a ledger by goroutine. */
export async function readLedger(path: string): Promise<Map<string, LedgerRows>> {
  const rows = new Map<string, LedgerRows>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.startsWith('G\t')) {
      const [, goid = '', start = '', thread = '-'] = line.split('\t');
      rows.set(goid, new LedgerRows(start, thread === '-' ? undefined : Number(thread)));
      continue;
    }
    const known = rows.get(line.slice(0, line.indexOf('\t')));
    if (known === undefined) throw new Error(`ledger line of an unknown goroutine: ${line}`);
    known.add(line);
  }
  return rows;
}

const FIELDS = 15;

function parseRow(line: string): LedgerRow {
  const fields = line.split('\t');
  if (fields.length !== FIELDS) throw new Error(`ledger line with ${fields.length} fields: ${line}`);
  const [goid = '', time = '', op = '', name = '', map = '', type = '', key = ''] = fields;
  const [shown = '', len = '', found = '', caller = '', at = '', file = '', number = '', stack = ''] =
    fields.slice(7);
  return {
    goid,
    time: Number(time) / 1000,
    op,
    function: name,
    map,
    type,
    key,
    shown: shown === '-' ? undefined : Number(shown),
    len: Number(len),
    found: found === '-' ? undefined : found === '1',
    caller,
    line: Number(at),
    file,
    number: Number(number),
    stack: stack.split(';').slice(0, -1),
  };
}
