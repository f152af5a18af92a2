import type { ApiEventFilter, ApiEvents, ApiKey, ApiKeyCount, ApiSlice } from '../../protocol/api.ts';
import { MAP_OPS } from '../../model/map_op.ts';
import type { Ask } from '../../store/index.ts';
import { eventCondition } from './event_condition.ts';
import { eventsOfRows } from './event_rows.ts';
import { type Condition, conditionOf } from './slice.ts';

const IN_TIME = 'time_ns >= {from:Int64} * 1000000 AND time_ns < {to:Int64} * 1000000';

/** The newest events of the slice that a filter means, in the order of their time. */
export async function eventsOf(
  ask: Ask,
  slice: ApiSlice,
  filter: ApiEventFilter,
  limit: number,
): Promise<ApiEvents> {
  const { events, left } = await newest(ask, slice, await eventCondition(ask, filter), limit);
  return { type: 'events', events, left };
}

/** The life of one key, by its text as Go writes it; a string may stand without its quotes. */
export async function keyOf(ask: Ask, slice: ApiSlice, key: string, limit: number): Promise<ApiKey> {
  const condition: Condition = {
    sql: ` AND (key = {key:String} OR key_plain = {key:String}) AND key_form IN ('text', 'cut')`,
    values: { key },
  };
  const { events, left } = await newest(ask, slice, condition, limit);
  const { sql, values } = conditionOf(slice);
  const [row] = await ask(
    `SELECT coalesce(max(sampled_every), 1) AS every FROM events WHERE ${IN_TIME}${sql}`,
    { ...values, from: slice.from, to: slice.to },
  );
  return { type: 'key', key, sampled_every: Number(row?.['every'] ?? 1), events, left };
}

async function newest(
  ask: Ask,
  slice: ApiSlice,
  more: Condition,
  limit: number,
): Promise<Pick<ApiEvents, 'events' | 'left'>> {
  const { sql, values } = conditionOf(slice);
  const where = `${IN_TIME}${sql}${more.sql}`;
  const all = { ...values, ...more.values, from: slice.from, to: slice.to };
  const [count] = await ask(`SELECT count(*) AS events FROM events WHERE ${where}`, all);
  const rows = await ask(`SELECT * FROM events WHERE ${where} ORDER BY time_ns DESC LIMIT ${limit}`, all);
  return {
    events: await eventsOfRows(ask, rows.toReversed()),
    left: Number(count?.['events'] ?? 0) - rows.length,
  };
}

/** Keys that were touched most, among the events that were kept. */
export async function topKeys(ask: Ask, slice: ApiSlice, limit: number): Promise<readonly ApiKeyCount[]> {
  const { sql, values } = conditionOf(slice);
  const rows = await ask(
    `SELECT key, op, count(*) AS sampled FROM events WHERE ${IN_TIME}${sql} AND key_form IN ('text', 'cut')
     GROUP BY key, op ORDER BY sampled DESC, key, op LIMIT ${limit}`,
    { ...values, from: slice.from, to: slice.to },
  );
  return rows.map(({ key, op, sampled }) => ({
    key: String(key),
    op: MAP_OPS.find((one) => one === op) ?? 'access',
    sampled: Number(sampled),
  }));
}

/** Stacks of the slice's events, the most frequent first, and how many more there are. */
export async function topStacks(
  ask: Ask,
  slice: ApiSlice,
  limit: number,
): Promise<{
  readonly stacks: readonly { readonly stack: number; readonly sampled: number }[];
  readonly left: number;
}> {
  const { sql, values } = conditionOf(slice);
  const where = `${IN_TIME}${sql} AND stack IS NOT NULL`;
  const all = { ...values, from: slice.from, to: slice.to };
  const rows = await ask(
    `SELECT stack, count(*) AS sampled FROM events WHERE ${where} GROUP BY stack ORDER BY sampled DESC, stack LIMIT ${limit}`,
    all,
  );
  const [count] = await ask(`SELECT count(DISTINCT stack) AS stacks FROM events WHERE ${where}`, all);
  return {
    stacks: rows.map(({ stack, sampled }) => ({ stack: Number(stack), sampled: Number(sampled) })),
    left: Number(count?.['stacks'] ?? 0) - rows.length,
  };
}
