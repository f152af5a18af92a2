import type { ApiTable, ApiUncounted } from '../protocol/api.ts';

type Column = ApiTable['columns'][number];
type Cell = ApiTable['rows'][number][number];

const KINDS: readonly Column['kind'][] = ['text', 'number', 'time', 'bool'];

/** What a service has answered, where it is a table in every part; else undefined. Nothing else of it is taken over. */
export function checkedTable(answer: Readonly<Record<string, unknown>>): ApiTable | undefined {
  const { type, columns, rows, left, took_ms, uncounted } = answer;
  if (type !== 'table' || !Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  if (!isCount(left) || typeof took_ms !== 'number' || took_ms < 0) return undefined;
  const named = all(columns, columnOf);
  const cells = named && all(rows, (row) => rowOf(row, named.length));
  const table = named && cells && { type: 'table' as const, columns: named, rows: cells, left, took_ms };
  if (uncounted === undefined || table === undefined) return table;
  const times = Array.isArray(uncounted) ? all(uncounted, uncountedOf) : undefined;
  return times && { ...table, uncounted: times };
}

function uncountedOf(value: unknown): ApiUncounted | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { process, ops, ms } = value as Readonly<Record<string, unknown>>;
  if (typeof process !== 'string' || !isCount(ms)) return undefined;
  return ops === 'all' || ops === 'reads' ? { process, ops, ms } : undefined;
}

function columnOf(value: unknown): Column | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('kind' in value))
    return undefined;
  const { name, kind: said } = value;
  const kind = KINDS.find((one) => one === said);
  return typeof name === 'string' && kind !== undefined ? { name, kind } : undefined;
}

function rowOf(value: unknown, length: number): readonly Cell[] | undefined {
  return Array.isArray(value) && value.length === length && value.every(isCell) ? value : undefined;
}

const isCell = (value: unknown): value is Cell =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** All of them, or undefined where one of them is none. */
function all<T>(
  values: readonly unknown[],
  read: (value: unknown) => T | undefined,
): readonly T[] | undefined {
  const good: T[] = [];
  for (const value of values) {
    const one = read(value);
    if (one === undefined) return undefined;
    good.push(one);
  }
  return good;
}
