import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One operation as the ledger program wrote it down. */
export interface LedgerRow {
  readonly goid: string;
  readonly op: string;
  /** `-`: which function it is depends on the release. */
  readonly function: string;
  /** `-`: the map lies on the stack and may move. */
  readonly map: string;
  readonly type: string;
  readonly key: string;
  readonly len: number;
  /** Undefined for operations that have no key. */
  readonly found: boolean | undefined;
  /** `reflect.` and `maps.` stand for any function of that package. */
  readonly caller: string;
  /** 0: not known. */
  readonly line: number;
}

/** What one goroutine did, in order. Kept as text: ten million rows as objects would not fit. */
export class LedgerRows {
  readonly #lines: string[] = [];

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
    const goid = line.slice(0, line.indexOf('\t'));
    let known = rows.get(goid);
    if (known === undefined) rows.set(goid, (known = new LedgerRows()));
    known.add(line);
  }
  return rows;
}

function parseRow(line: string): LedgerRow {
  const fields = line.split('\t');
  if (fields.length !== 12) throw new Error(`ledger line with ${fields.length} fields: ${line}`);
  const [
    goid = '',
    ,
    op = '',
    name = '',
    map = '',
    type = '',
    key = '',
    ,
    len = '',
    found = '',
    caller = '',
    at = '',
  ] = fields;
  return {
    goid,
    op,
    function: name,
    map,
    type,
    key,
    len: Number(len),
    found: found === '-' ? undefined : found === '1',
    caller,
    line: Number(at),
  };
}
