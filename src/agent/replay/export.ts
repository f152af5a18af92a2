import { jsonLine } from '../../base/json_line.ts';
import { windowOf } from '../../evidence/window_line.ts';
import { OpSamples } from '../../export/op_samples.ts';
import { pprofProfile, type ProfileTime } from '../../export/pprof_profile.ts';
import { speedscopeFile } from '../../export/speedscope.ts';
import type { ServedEvent } from '../../model/feed.ts';
import type { ExportOptions, ExportPart } from '../../protocol/export.ts';
import type { Notice } from '../../protocol/notice.ts';
import { shownEvent } from '../../query/recorded/shown_event.ts';
import { eventOf } from './event_of.ts';
import { parquetParts } from './parquet.ts';
import { Recording } from './recording.ts';

/** `export`. Errors: those of `Recording.open`; of a store those of `openStore`. */
export async function* exportParts(options: ExportOptions): AsyncGenerator<ExportPart> {
  if ('store' in options) {
    yield* parquetParts(eventsOfStore(options.store));
    return;
  }
  const recording = await Recording.open(options.path);
  const { format } = options;
  if (format === 'jsonl') yield* jsonLines(recording);
  else if (format === 'parquet') yield* parquetParts(eventsOf(recording));
  else yield* profile(recording, format);
}

type Events = { readonly type: 'events'; readonly events: readonly ServedEvent[] } | Notice;

async function* eventsOf(recording: Recording): AsyncGenerator<Events> {
  for await (const part of recording.read(['events']))
    if (part.type === 'notice') yield part;
    else if (part.kind === 'events')
      yield { type: 'events', events: part.lines.map((line) => eventOf(recording.path, line)) };
}

/** The store and DuckDB are large, and nobody else needs them. */
async function* eventsOfStore(path: string): AsyncGenerator<Events> {
  const [{ openStore }, { allEvents }] = await Promise.all([
    import('../../store/index.ts'),
    import('../../query/stored/all_events.ts'),
  ]);
  const store = await openStore({ path, readOnly: true });
  try {
    for await (const events of allEvents(store.reader)) yield { type: 'events', events };
  } finally {
    await store.close();
  }
}

/** Events as `trace --json` prints them. */
async function* jsonLines(recording: Recording): AsyncGenerator<ExportPart> {
  const showPid = recording.about?.recorded.selection.type !== 'pid';
  for await (const part of recording.read(['events'])) {
    if (part.type === 'notice') yield part;
    else if (part.kind === 'events') {
      const text = part.lines
        .map(
          (line) => `${jsonLine(shownEvent(eventOf(recording.path, line), { frames: Infinity, showPid }))}\n`,
        )
        .join('');
      yield { type: 'bytes', bytes: Buffer.from(text) };
    }
  }
}

async function* profile(recording: Recording, format: 'pprof' | 'speedscope'): AsyncGenerator<ExportPart> {
  const samples = new OpSamples(recording.about?.recorded.sample ?? 1);
  const time = { from: Infinity, to: -Infinity };
  for await (const part of recording.read(['events', 'windows'])) {
    if (part.type === 'notice') yield part;
    else if (part.kind === 'events')
      for (const line of part.lines) {
        const event = eventOf(recording.path, line);
        samples.event(event);
        widen(time, Date.parse(event.time), Date.parse(event.time));
      }
    else if (part.kind === 'windows')
      for (const line of part.lines) {
        const window = windowOf(line);
        if (window === undefined) continue;
        samples.window(window);
        widen(time, window.start, window.start + window.lengthMs);
      }
  }
  const all = samples.samples();
  const span = time.from <= time.to ? time : { from: 0, to: 0 };
  const bytes =
    format === 'pprof'
      ? pprofProfile(all, span)
      : Buffer.from(
          `${JSON.stringify(speedscopeFile(all, recording.path, recording.about?.mapaudit ?? 'unknown'))}\n`,
        );
  yield { type: 'bytes', bytes };
}

function widen(time: { -readonly [K in keyof ProfileTime]: number }, from: number, to: number): void {
  time.from = Math.min(time.from, from);
  time.to = Math.max(time.to, to);
}
