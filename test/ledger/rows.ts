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

/** The rows of a ledger by goroutine, each in the order of the program. */
export function parseLedger(text: string): Map<string, LedgerRow[]> {
  const rows = new Map<string, LedgerRow[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const row = parseRow(line);
    const known = rows.get(row.goid);
    if (known === undefined) rows.set(row.goid, [row]);
    else known.push(row);
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
