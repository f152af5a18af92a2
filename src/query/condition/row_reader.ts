import type { MapOp } from '../../model/map_op.ts';
import { FLAG_COUNT_UNREADABLE, FLAG_GOROUTINE_UNREADABLE } from '../../model/record.ts';
import type { KeyText } from '../../stream/key_text.ts';
import type { SymbolCache } from '../../stream/symbols.ts';
import { OUTCOME_FOUND, OUTCOME_MISSED, type TracedBatch } from '../../stream/traced_batch.ts';
import type { Value } from './ast.ts';
import type { FieldReader } from './evaluate.ts';
import type { FieldName } from './fields.ts';

/** What reading fields of rows needs. */
export interface RowReaderOptions {
  /** The operation of each site, by its index. */
  readonly ops: readonly (MapOp | undefined)[];
  readonly symbols: SymbolCache;
  /** The row's whole key, whatever of it may be shown. */
  readonly keyText: (batch: TracedBatch, row: number) => KeyText | undefined;
}

/** Reads the fields of one row, each only when it is asked for. */
export function rowReader(options: RowReaderOptions, batch: TracedBatch, row: number): FieldReader {
  return (name) => fieldOf(options, batch, row, name);
}

function fieldOf(
  { ops, symbols, keyText }: RowReaderOptions,
  batch: TracedBatch,
  row: number,
  name: FieldName,
): Value | undefined {
  const pid = batch.pid[row] ?? 0;
  const flags = batch.flags[row] ?? 0;
  const caller = batch.caller[row] ?? 0;
  const frame = (): ReturnType<SymbolCache['site']>['caller'] | undefined =>
    caller === 0 ? undefined : symbols.site(pid, caller).caller;
  switch (name) {
    case 'op':
      return ops[batch.probe[row] ?? 0];
    case 'len':
      if (batch.map[row] === 0) return 0;
      return (flags & FLAG_COUNT_UNREADABLE) === 0 ? batch.count[row] : undefined;
    case 'found': {
      const outcome = batch.outcome[row];
      return outcome === OUTCOME_FOUND ? true : outcome === OUTCOME_MISSED ? false : undefined;
    }
    case 'key':
      return keyValue(keyText(batch, row));
    case 'goroutine':
      return known((flags & FLAG_GOROUTINE_UNREADABLE) === 0 ? batch.goid[row] : 0);
    case 'goroutine.start':
      return symbols.startFunction(pid, batch.startPc[row] ?? 0);
    case 'caller':
      return frame()?.function;
    case 'file':
      return frame()?.file;
    case 'line':
      return frame()?.line;
    case 'map.type':
      return symbols.typeName(pid, batch.type[row] ?? 0);
    case 'map.id':
      return known(batch.mapId[row]);
    case 'thread':
      return known(batch.tid[row]);
    case 'pid':
      return known(pid);
  }
}

/** In these columns 0 stands for "not known". */
const known = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/** A key's value: text without its quotes, a number, or the Go syntax of anything else. A cut key is not known. */
export function keyValue(key: KeyText | undefined): Value | undefined {
  if (key?.text === undefined || key.truncated) return undefined;
  const { text } = key;
  if (text.startsWith('"')) return unquoted(text);
  if (INTEGER.test(text)) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  return NUMBER.test(text) ? Number(text) : text === 'true' || text === 'false' ? text === 'true' : text;
}

/** The text of a Go string as strconv.Quote wrote it; with escapes that JSON does not know, as it stands. */
function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(text) as string;
  } catch {
    return inner;
  }
}
