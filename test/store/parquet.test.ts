import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { exportParts } from '../../src/agent/replay/export.ts';
import { exportOptionsOf } from '../../src/cli/options/evidence_options.ts';
import { ABOUT, SUMMARY } from '../../src/evidence/testing.ts';
import { RecordingWriter } from '../../src/evidence/recording_writer.ts';
import type { ServedEvent } from '../../src/model/feed.ts';
import type { ExportOptions } from '../../src/protocol/export.ts';
import { openStore } from '../../src/store/index.ts';
import { MAPAUDIT } from '../agent/support.ts';
import { event, folder, SHOP, T0, window } from './feed.ts';

const place = folder();
afterAll(() => place.remove());

/** Everything that an event can have, and everything that it can lack. */
const EVENTS: readonly ServedEvent[] = [
  event(T0, 'delete', 'it\'s "quoted"; DROP TABLE parts'),
  event(T0 + 1, 'assign', 'ключ\u0000\n', { found: false, len: 0 }),
  {
    type: 'event',
    time: '2026-03-01T12:00:02.000000001Z',
    op: 'clear',
    function: 'f',
    map: {},
    thread: 1,
    removed: 3,
  },
  event(T0 + 3, 'access', 'x', {
    key: { hash: '0011223344556677', truncated: true },
    map: { on_stack: true },
  }),
  event(T0 + 3, 'access', 'x', { key: { unreadable: true }, goroutine: { id: 2 ** 53 - 1 } }),
  event(T0 + 4, 'delete', 'y', { stack: [], caller: { function: 'a', inlined: true } }),
  event(T0 + 4, 'delete', 'z', {
    labels: { route: '/a' },
    labels_cut: ['route'],
    labels_missing: 2,
    trace_id: 'f'.repeat(32),
    span_id: 'e'.repeat(16),
  }),
  event(T0 + 4, 'delete', 'zz', { labels_unreadable: true }),
  ...Array.from({ length: 3000 }, (_, i) => event(T0 + 5 + i, 'delete', `key-${i}`)),
];

async function exported(options: ExportOptions): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of exportParts(options)) if (part.type === 'bytes') parts.push(part.bytes);
  return Buffer.concat(parts);
}

/** Rows of a Parquet file as events again: DuckDB gives them as JSON. */
async function eventsOf(path: string): Promise<ServedEvent[]> {
  const db = await DuckDBInstance.create(':memory:');
  const connection = await db.connect();
  const result = await connection.run(
    `SELECT to_json(t) FROM (SELECT * REPLACE (epoch_ns("time")::VARCHAR AS "time") FROM '${path}') t`,
  );
  const rows = (await result.getRows()).map(([row]) => JSON.parse(String(row)) as Record<string, unknown>);
  connection.closeSync();
  db.closeSync();
  return rows.map(eventOfRow);
}

function eventOfRow(row: Record<string, unknown>): ServedEvent {
  const is = (value: unknown): boolean => value !== null && value !== undefined && value !== false;
  const known = (parts: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined));
  const nanos = BigInt(String(row['time']));
  const ms = Number(nanos / 1_000_000n);
  const frames = row['stack'] as readonly Record<string, unknown>[] | null;
  const key = {
    text: row['key'],
    hash: row['key_hash'],
    unreadable: is(row['key_unreadable']) ? true : null,
  };
  return known({
    type: 'event',
    time: `${new Date(ms).toISOString().slice(0, -1)}${String(nanos % 1_000_000n).padStart(6, '0')}Z`,
    pid: row['pid'],
    op: row['op'],
    function: row['function'],
    map: known({
      id: row['map_id'],
      address: row['map_address'],
      type: row['map_type'],
      on_stack: is(row['map_on_stack']) ? true : null,
    }),
    key:
      row['key_truncated'] === null
        ? null
        : known({ ...key, truncated: is(row['key_truncated']) ? true : null }),
    len: row['len'],
    found: row['found'],
    removed: row['removed'],
    goroutine:
      row['goroutine'] === null ? null : known({ id: row['goroutine'], start: row['goroutine_start'] }),
    thread: row['thread'],
    caller:
      row['caller'] === null
        ? null
        : known({ function: row['caller'], file: row['file'], line: row['line'], inlined: row['inlined'] }),
    stack: frames === null ? null : frames.map(known),
    labels: typeof row['labels'] === 'string' ? JSON.parse(row['labels']) : null,
    labels_cut: row['labels_cut'],
    labels_missing: row['labels_missing'],
    labels_unreadable: row['labels_unreadable'],
    trace_id: row['trace_id'],
    span_id: row['span_id'],
  }) as unknown as ServedEvent;
}

/** A key that is not truncated may say so or say nothing. */
const plain = (one: ServedEvent): ServedEvent => {
  const { truncated, ...key } = one.key ?? {};
  return one.key === undefined ? one : { ...one, key: truncated === true ? { ...key, truncated } : key };
};

it('of a recording: row by row what the JSON lines have', async () => {
  const writer = new RecordingWriter();
  const pieces = await writer.begin(ABOUT);
  writer.events(Buffer.from(EVENTS.map((one) => `${JSON.stringify(one)}\n`).join('')));
  pieces.push(...(await writer.flush()), ...(await writer.finish(SUMMARY as { type: 'summary' })));
  const path = place.path('a.mapaudit');
  writeFileSync(path, Buffer.concat(pieces));
  const parquet = place.path('a.parquet');
  execFileSync(process.execPath, [MAPAUDIT, 'export', 'parquet', path, '-o', parquet]);
  // Without pid: the recording is of one process, and JSON lines leave it out then.
  const rows = (await eventsOf(parquet)).map(({ pid: _, ...one }) => plain(one));
  const lines = (await exported({ format: 'jsonl', path })).toString().trimEnd().split('\n');
  expect(rows).toHaveLength(EVENTS.length);
  expect(rows).toEqual(lines.map((line) => plain(JSON.parse(line) as ServedEvent)));
});

it('of a store: the events that it has kept', async () => {
  const path = place.path('s.duckdb');
  const store = await openStore({ path, now: () => T0 + 60_000, upkeepMs: 0 });
  const labelled = {
    ...event(T0 + 4000, 'delete', 'z'),
    labels: { route: '/buy' },
    trace_id: 'f'.repeat(32),
  };
  const events = [...EVENTS.filter(({ stack }) => stack?.length !== 0), labelled];
  // More of one moment than are read at once, and all alike: each is there.
  const alike = Array.from({ length: 12_000 }, () => event(T0 + 9000, 'delete', 'same'));
  await store.take([
    { type: 'events', process: SHOP, sampledEvery: 1, events: [...events, ...alike] },
    window(T0, []),
  ]);
  await store.close();
  const file = place.path('s.parquet');
  writeFileSync(file, await exported({ format: 'parquet', store: path }));
  const found = (await eventsOf(file)).map((one) => plain(one));
  // Of a hashed key the store does not keep whether it was cut.
  const wanted = [...events, ...alike].map((one) =>
    plain({ ...one, pid: SHOP.pid, ...(one.key?.hash === undefined ? {} : { key: { hash: one.key.hash } }) }),
  );
  const text = (all: readonly ServedEvent[]): string[] =>
    all.map((one) => JSON.stringify(Object.entries(one).sort())).sort();
  expect(found.map(({ time }) => time)).toEqual(found.map(({ time }) => time).sort());
  expect(text(found)).toEqual(text(wanted));
});

it('asks for one source, and gives a store out as rows alone', () => {
  expect(exportOptionsOf(['parquet', undefined], { store: 's' })).toEqual({ format: 'parquet', store: 's' });
  for (const words of [
    ['parquet', 'a.mapaudit'],
    ['pprof', undefined],
  ])
    expect(() => exportOptionsOf(words, { store: 's' })).toThrow(
      expect.objectContaining({ code: 'usage-contradiction' }),
    );
});
