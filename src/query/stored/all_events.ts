import type { ApiEvent } from '../../protocol/api.ts';
import type { SqlReader, SqlRow } from '../../store/index.ts';
import { eventsOfRows } from './event_rows.ts';

/** Events that are read at once. */
const AT_ONCE = 10_000;
/** An order that is always the same; rows that are alike in all of it may stand for each other. */
const ORDER = 'time_ns, process, thread, goroutine, op, map, site, stack, key, key_form, len';

/** All events of a store that nobody writes to, in the order of their time. */
export async function* allEvents(reader: SqlReader): AsyncGenerator<readonly ApiEvent[]> {
  let from = '0';
  // Rows of the time `from` that were read already.
  let same = 0;
  for (;;) {
    const part = await reader.read(async (ask) => {
      const rows = await ask(
        `SELECT * FROM events WHERE time_ns >= ${from} ORDER BY ${ORDER} LIMIT ${AT_ONCE} OFFSET ${same}`,
      );
      return { rows, events: await eventsOfRows(ask, rows) };
    });
    if (part.events.length > 0) yield part.events;
    const last = part.rows.at(-1);
    if (last === undefined || part.rows.length < AT_ONCE) return;
    const until = timeOf(last);
    same = countFromEnd(part.rows, until) + (until === from ? same : 0);
    from = until;
  }
}

const timeOf = (row: SqlRow): string => String(row['time_ns']);

function countFromEnd(rows: readonly SqlRow[], time: string): number {
  let count = 0;
  while (count < rows.length && timeOf(rows[rows.length - 1 - count] ?? {}) === time) count++;
  return count;
}
