import { createReadStream } from 'node:fs';
import type { ServedEvent } from '../../model/feed.ts';
import type { ExportPart } from '../../protocol/export.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { ParquetColumns, Row } from '../../store/index.ts';

/** A frame as DuckDB reads it out of JSON. */
const FRAME = '{"function":"VARCHAR","file":"VARCHAR","line":"BIGINT","inlined":"BOOLEAN"}';

/** One row an event; docs/evidence.md says what stands in each column. */
const COLUMNS = {
  rows: {
    time_ns: 'BIGINT',
    pid: 'BIGINT',
    op: 'VARCHAR',
    function: 'VARCHAR',
    map_id: 'BIGINT',
    map_address: 'VARCHAR',
    map_type: 'VARCHAR',
    map_on_stack: 'BOOLEAN',
    key: 'VARCHAR',
    key_hash: 'VARCHAR',
    key_truncated: 'BOOLEAN',
    key_unreadable: 'BOOLEAN',
    len: 'BIGINT',
    found: 'BOOLEAN',
    removed: 'BIGINT',
    goroutine: 'BIGINT',
    goroutine_start: 'VARCHAR',
    thread: 'BIGINT',
    caller: 'VARCHAR',
    file: 'VARCHAR',
    line: 'BIGINT',
    inlined: 'BOOLEAN',
    stack: 'VARCHAR',
    labels: 'VARCHAR',
    labels_cut: 'VARCHAR',
    labels_missing: 'BIGINT',
    labels_unreadable: 'BOOLEAN',
    trace_id: 'VARCHAR',
    span_id: 'VARCHAR',
  },
} as const satisfies Pick<ParquetColumns, 'rows'>;

const SELECT = Object.keys(COLUMNS.rows).map((name) => {
  if (name === 'time_ns') return 'make_timestamp_ns(time_ns) AS time';
  if (name === 'labels_cut') return `from_json(labels_cut, '["VARCHAR"]') AS labels_cut`;
  return name === 'stack' ? `from_json(stack, '[${FRAME}]') AS stack` : `"${name}"`;
});

/** A Parquet file of events. What is told beside them is passed on. */
export async function* parquetParts(
  parts: AsyncIterable<{ readonly type: 'events'; readonly events: readonly ServedEvent[] } | Notice>,
): AsyncGenerator<ExportPart> {
  // DuckDB is loaded when it is needed: it takes longer to load than all else.
  const { nanosOf, ParquetMaker } = await import('../../store/index.ts');
  const maker = await ParquetMaker.open({ ...COLUMNS, select: SELECT });
  try {
    for await (const part of parts)
      if (part.type === 'notice') yield part;
      else await maker.add(part.events.map((event) => rowOf(event, nanosOf(event.time))));
    for await (const bytes of createReadStream(await maker.make()))
      yield { type: 'bytes', bytes: bytes as Uint8Array };
  } finally {
    maker.close();
  }
}

function rowOf(event: ServedEvent, time: bigint): Row {
  const { map, key, goroutine, caller, stack, labels } = event;
  const cells = [
    time,
    event.pid,
    event.op,
    event.function,
    map.id,
    map.address,
    map.type,
    map.on_stack === true,
    key?.text,
    key?.hash,
    key === undefined ? undefined : key.truncated === true,
    key === undefined ? undefined : key.unreadable === true,
    event.len,
    event.found,
    event.removed,
    goroutine?.id,
    goroutine?.start,
    event.thread,
    caller?.function,
    caller?.file,
    caller?.line,
    caller?.inlined,
    stack === undefined ? undefined : JSON.stringify(stack),
    labels === undefined ? undefined : JSON.stringify(labels),
    event.labels_cut === undefined ? undefined : JSON.stringify(event.labels_cut),
    event.labels_missing,
    event.labels_unreadable,
    event.trace_id,
    event.span_id,
  ];
  return cells.map((cell) => cell ?? null);
}
