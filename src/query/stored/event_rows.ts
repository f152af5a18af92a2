import { MAP_OPS } from '../../model/map_op.ts';
import type { ApiEvent } from '../../protocol/api.ts';
import type { EventFrame, EventKey } from '../../protocol/event.ts';
import { type Ask, type SqlRow, timeText } from '../../store/index.ts';
import { addressText, Names } from './names.ts';

type LabelsNote = Pick<ApiEvent, 'labels_cut' | 'labels_missing' | 'labels_unreadable'>;

/** Rows of `events` as events. */
export async function eventsOfRows(ask: Ask, rows: readonly SqlRow[]): Promise<readonly ApiEvent[]> {
  const names = await new Names(ask).of(rows);
  const stacks = await stacksOf(
    ask,
    rows.map(({ stack }) => Number(stack ?? 0)),
    names,
  );
  const pids = new Map(
    (await ask('SELECT id, pid FROM processes')).map(({ id, pid }) => [Number(id), Number(pid)]),
  );
  return rows.map((row) => eventOf(row, names, stacks, pids.get(Number(row['process']))));
}

/** Frames of stacks, innermost first, by number. */
export async function stacksOf(
  ask: Ask,
  ids: readonly number[],
  names: Names,
): Promise<ReadonlyMap<number, readonly EventFrame[]>> {
  const stacks = new Map<number, EventFrame[]>();
  const wanted = [...new Set(ids)].filter((id) => id > 0);
  if (wanted.length === 0) return stacks;
  const rows = await ask(
    `SELECT stack, depth, site, inlined FROM stack_frames WHERE stack IN (${wanted.join(', ')}) ORDER BY stack, depth`,
  );
  await names.sites(rows.map(({ site }) => Number(site)));
  for (const row of rows) {
    const id = Number(row['stack']);
    const frames = stacks.get(id) ?? [];
    stacks.set(id, frames);
    const frame = frameOf(row, names);
    if (frame !== undefined) frames.push(frame);
  }
  return stacks;
}

function frameOf(row: SqlRow, names: Names): EventFrame | undefined {
  const site = names.site(row['site']);
  if (site === undefined) return undefined;
  const { id: _, ...place } = site;
  return { ...place, inlined: row['inlined'] === true };
}

function eventOf(
  row: SqlRow,
  names: Names,
  stacks: ReadonlyMap<number, readonly EventFrame[]>,
  pid: number | undefined,
): ApiEvent {
  const number = (column: string): number | undefined =>
    typeof row[column] === 'number' ? row[column] : undefined;
  const address = addressText(row['map']);
  const type = names.type(row['map_type']);
  const [id, len, removed, goroutine] = ['map_id', 'len', 'removed', 'goroutine'].map(number);
  const key = keyOf(row);
  const site = names.site(row['site']);
  const caller = frameOf(row, names);
  const stack = stacks.get(Number(row['stack'] ?? 0));
  const { found, goroutine_start: start, labels, labels_note: note, trace_id, span_id } = row;
  return {
    type: 'event',
    time: timeText(BigInt(row['time_ns'] ?? 0)),
    ...(pid === undefined ? {} : { pid }),
    op: MAP_OPS.find((op) => op === row['op']) ?? 'access',
    function: String(row['function']),
    map: {
      ...(id === undefined ? {} : { id }),
      ...(address === undefined ? {} : { address }),
      ...(type === undefined ? {} : { type }),
      ...(row['on_stack'] === true ? { on_stack: true } : {}),
    },
    ...(key === undefined ? {} : { key }),
    ...(len === undefined ? {} : { len }),
    ...(typeof found === 'boolean' ? { found } : {}),
    ...(removed === undefined ? {} : { removed }),
    ...(goroutine === undefined
      ? {}
      : { goroutine: { id: goroutine, ...(typeof start === 'string' ? { start } : {}) } }),
    thread: Number(row['thread']),
    ...(caller === undefined ? {} : { caller }),
    ...(stack === undefined ? {} : { stack }),
    process: names.process(row['process']),
    ...(site === undefined ? {} : { site }),
    ...(typeof labels === 'string' ? { labels: JSON.parse(labels) as Record<string, string> } : {}),
    ...(typeof note === 'string' ? (JSON.parse(note) as LabelsNote) : {}),
    ...(typeof trace_id === 'string' ? { trace_id } : {}),
    ...(typeof span_id === 'string' ? { span_id } : {}),
  };
}

function keyOf({ key, key_form }: SqlRow): EventKey | undefined {
  if (key_form === 'text') return { text: String(key), truncated: false };
  if (key_form === 'cut') return { text: String(key), truncated: true };
  if (key_form === 'hash') return { hash: String(key) };
  return key_form === 'unreadable' ? { unreadable: true } : undefined;
}
