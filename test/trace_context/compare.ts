import { LABEL_NAME_MAX, LABEL_VALUE_MAX, MAX_LABELS } from '../../src/model/record.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { LedgerRow } from './labelled.ts';

/** What the two accounts say differently; both sides lose what they share. */
export interface Differences {
  /** Events with other labels than the program had, in words, the first few. */
  readonly wrong: readonly string[];
  readonly compared: number;
  readonly labelled: number;
  readonly cut: number;
  readonly tooMany: number;
  /** Operations of the ledger without an event, and events without an operation. */
  readonly missing: number;
  readonly extra: number;
}

/** Compares each event with what the program has written down. `form` is how that release keeps labels. */
export function compare(
  ledger: readonly LedgerRow[],
  events: readonly TraceEvent[],
  form: 'map' | 'list',
): Differences {
  const rows = new Map(ledger.map((row) => [`${row.op} ${row.key}`, row]));
  const wrong: string[] = [];
  const counts = { compared: 0, labelled: 0, cut: 0, tooMany: 0, extra: 0 };
  for (const event of events) {
    const name = `${event.op} ${event.key?.text ?? ''}`;
    const row = rows.get(name);
    rows.delete(name);
    if (row === undefined) counts.extra++;
    else {
      counts.compared++;
      if (event.labels !== undefined) counts.labelled++;
      if (event.labels_cut !== undefined) counts.cut++;
      if (event.labels_missing !== undefined) counts.tooMany++;
      const problem = problemOf(row, event, form);
      if (problem !== undefined && wrong.length < 5)
        wrong.push(`${problem}: ${JSON.stringify(event)} of ${JSON.stringify(row)}`);
    }
  }
  return { wrong, ...counts, missing: rows.size };
}

function problemOf({ goid, labels }: LedgerRow, event: TraceEvent, form: 'map' | 'list'): string | undefined {
  if (event.goroutine?.id !== goid) return 'goroutine';
  if (event.labels_unreadable === true) return 'unreadable';
  const shown = Object.entries(event.labels ?? {});
  const all = Object.entries(labels).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const isFull = all.length <= MAX_LABELS;
  // A list is in order; of a map of more than eight nobody can say which are in its first bucket.
  const expected = form === 'list' || isFull ? all.slice(0, MAX_LABELS) : all;
  const texts = new Map(
    expected.map(([name, value]) => [cut(name, LABEL_NAME_MAX), cut(value, LABEL_VALUE_MAX)]),
  );
  if ((form === 'list' || isFull) && shown.length !== texts.size) return 'number of labels';
  if (all.length > 0 && shown.length === 0) return 'no labels';
  if (shown.length + (event.labels_missing ?? 0) !== all.length) return 'labels_missing';
  for (const [name, value] of shown) if (texts.get(name) !== value) return `label ${name}`;
  const isCut = expected
    .filter(([name, value]) => bytes(name) > LABEL_NAME_MAX || bytes(value) > LABEL_VALUE_MAX)
    .map(([name]) => cut(name, LABEL_NAME_MAX));
  const told = event.labels_cut ?? [];
  return isCut.filter((name) => Object.hasOwn(event.labels ?? {}, name)).join('\n') === told.join('\n')
    ? undefined
    : 'labels_cut';
}

const bytes = (text: string): number => Buffer.byteLength(text);

/** The characters of a text that fit whole. */
function cut(text: string, limit: number): string {
  let end = text.length;
  while (bytes(text.slice(0, end)) > limit) end--;
  return text.slice(0, end);
}
