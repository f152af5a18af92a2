import { counted } from '../protocol/text/numbers.ts';
import type { Batch } from './batch.ts';
import { secondText } from './time_text.ts';
import type { TableName } from './tables.ts';
import type { Trouble } from './trouble.ts';

/** Tables that only give other rows their names. */
const NAMES: readonly TableName[] = ['processes', 'map_types', 'sites', 'stack_frames'];
const COUNTED: readonly TableName[] = ['windows_1s', 'spans_1s', 'events'];

/** What a store ends with that could not be written. */
export interface Unwritten {
  readonly trouble: Pick<Trouble, 'text' | 'since' | 'dropped'>;
  readonly waiting: readonly Batch[];
  /** Of a part of `waiting` it is not known whether it was written after all. */
  readonly isDoubtful: boolean;
}

/** What is said when a store ends with something that could not be written: what is lost, and since when. */
export function lostText({ trouble, waiting, isDoubtful }: Unwritten): string {
  const why = `The store could not be written at the end: ${trouble.text}`;
  const spans = waiting.flatMap((batch) => batch.rows('spans_1s'));
  const sum = (column: number): number => spans.reduce((all, row) => all + Number(row[column]), 0);
  const rows = (isMeant: (table: TableName) => boolean): number =>
    waiting
      .flatMap((batch) => [...batch.tables()])
      .reduce((all, [table, of]) => all + (isMeant(table) ? of.length : 0), 0);
  const events = rows((table) => table === 'events');
  const others = rows((table) => !COUNTED.includes(table) && !NAMES.includes(table));
  const parts = [
    // Windows that wait for long are merged: their time and their counts stay what they were.
    ...(spans.length === 0
      ? []
      : [`${counted(Math.ceil(sum(1) / 1000), 'second')} with ${counted(sum(2), 'operation')}`]),
    ...(events === 0 ? [] : [counted(events, 'sampled event')]),
    ...(others === 0 ? [] : [counted(others, 'other fact')]),
    ...(trouble.dropped === 0
      ? []
      : [`${counted(trouble.dropped, 'event or fact', 'events and facts')} given up before`]),
  ];
  if (parts.length === 0) return `${why}. Nothing that was seen is lost`;
  const since = spans.reduce((least, row) => Math.min(least, Number(row[0])), trouble.since);
  return `${why}. What was seen since ${secondText(since)} is lost: ${isDoubtful ? 'at most ' : ''}${parts.join(', ')}`;
}
