import { MapauditError } from '../../base/errors.ts';
import { MAP_OPS } from '../../model/map_op.ts';
import type { ApiSlice } from '../../protocol/api.ts';
import type { SqlValue } from '../../store/index.ts';

/** A condition with the values that it names. */
export interface Condition {
  /** Begins with `AND`, or is empty. */
  readonly sql: string;
  readonly values: Readonly<Record<string, SqlValue>>;
}

/** Error: `slice`, for a time that makes no sense or an address that is none. */
export function checkSlice({ from, to, op, map }: ApiSlice): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to > 8.64e15)
    throw badSlice('from and to are Unix milliseconds, whole numbers', 'from=1767225600000&to=1767229200000');
  if (from >= to) throw badSlice('the time ends before it begins', 'from is to be less than to.');
  if (op !== undefined && !MAP_OPS.includes(op))
    throw badSlice(`${JSON.stringify(op)} is no operation`, `Use one of ${MAP_OPS.join(', ')}.`);
  if (map !== undefined && !/^0x[0-9a-f]{1,13}$/i.test(map))
    throw badSlice(`${JSON.stringify(map)} is no address of a map`, 'Write it as 0xc000123450.');
}

const badSlice = (message: string, hint: string): MapauditError =>
  new MapauditError('slice', message, { hint });

/** All of a slice but its time, for tables with the columns process, op, map_type, map and site. */
export function conditionOf(slice: Omit<ApiSlice, 'from' | 'to'>): Condition {
  const parts: string[] = [];
  const values: Record<string, SqlValue> = {};
  const add = (part: string, name: string, value: SqlValue): void => {
    parts.push(` AND ${part}`);
    values[name] = value;
  };
  const { process, op, map_type, map, site } = slice;
  if (process !== undefined)
    add('process IN (SELECT id FROM processes WHERE ref = {process:String})', 'process', process);
  if (op !== undefined) add('op = {op:String}', 'op', op);
  if (map_type !== undefined)
    add('map_type IN (SELECT id FROM map_types WHERE name = {map_type:String})', 'map_type', map_type);
  if (map !== undefined) add('map = {map:Int64}', 'map', Number(map));
  if (site !== undefined) add('site IN (SELECT id FROM sites WHERE hash = {site:String})', 'site', site);
  return { sql: parts.join(''), values };
}
