import { Batch } from './batch.ts';
import { down, MINUTE } from './levels.ts';
import type { Cell, Row, TableName } from './tables.ts';

/** Rows that may wait in memory while nothing can be written. */
const MOST_ROWS = 200_000;
/** Rows of windows that may wait; beyond that windows are merged. */
const MOST_WINDOWS = 100_000;

/** Tables without which other rows mean nothing. */
const NAMES: readonly TableName[] = ['processes', 'map_types', 'sites', 'stack_frames', 'audits', 'gaps'];
const COUNTED: readonly TableName[] = ['windows_1s', 'spans_1s'];

/** What waits, and what it cost to make it fit. */
export interface Bounded {
  readonly batch: Batch;
  /** Rows that were given up; none of them a count. */
  readonly dropped: number;
  /** Windows were merged. */
  readonly coarser: boolean;
}

/**
 * Makes rows fit into a bounded memory. Counts stay exact: windows become longer, and at last the places and maps of
 * their counts are given up, until they fit. Events and other facts are dropped, oldest first, and counted.
 */
export function bounded(batch: Batch): Bounded {
  if (batch.length <= MOST_ROWS) return { batch, dropped: 0, coarser: false };
  const kept = new Batch();
  let dropped = 0;
  let coarser = false;
  let room = MOST_ROWS;
  for (const table of COUNTED) {
    const rows = fitting(batch.rows(table), table);
    room -= rows.length;
    coarser ||= rows.length < batch.rows(table).length;
    for (const row of rows) kept.add(table, row);
  }
  for (const [table, rows] of batch.tables()) {
    if (COUNTED.includes(table)) continue;
    const most = NAMES.includes(table)
      ? rows.length
      : Math.max(0, Math.min(rows.length, Math.floor(room / 4)));
    dropped += rows.length - most;
    for (const row of most === 0 ? [] : rows.slice(-most)) kept.add(table, row);
    room -= NAMES.includes(table) ? 0 : most;
  }
  return { batch: kept, dropped, coarser };
}

/** Columns of a row that say what is counted; what follows is summed. */
const KEYS: Readonly<Record<string, number>> = { windows_1s: 6, spans_1s: 1 };
/** Columns of a window that are given up, one after the other: map, site, type. */
const GIVEN_UP: readonly (readonly number[])[] = [[], [4], [4, 5], [3, 4, 5]];

function fitting(rows: readonly Row[], table: TableName): readonly Row[] {
  if (rows.length <= MOST_WINDOWS / 2) return rows;
  for (const length of [MINUTE, 60 * MINUTE]) {
    for (const given of table === 'windows_1s' ? GIVEN_UP : [[]]) {
      const merged = mergeRows(rows, KEYS[table] ?? 1, length, given);
      if (merged.length <= MOST_WINDOWS / 2) return merged;
    }
  }
  return mergeRows(rows, KEYS[table] ?? 1, 24 * 60 * MINUTE, GIVEN_UP[3] ?? []);
}

/** Sums up rows whose first `keys` columns are the same once the time is rounded and columns are given up. */
export function mergeRows(
  rows: readonly Row[],
  keys: number,
  length: number,
  given: readonly number[],
): readonly Row[] {
  const sums = new Map<string, Cell[]>();
  for (const row of rows) {
    const key = row.slice(0, keys);
    key[0] = down(Number(key[0]), length);
    for (const column of given) key[column] = null;
    const text = key.join('\0');
    const sum = sums.get(text);
    if (sum === undefined) sums.set(text, [...key, ...row.slice(keys)]);
    else for (let i = keys; i < row.length; i++) sum[i] = Number(sum[i] ?? 0) + Number(row[i] ?? 0);
  }
  return [...sums.values()];
}
