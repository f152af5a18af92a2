import type { Window } from '../model/window.ts';
import type { About } from './about.ts';
import { RecordingWriter } from './recording_writer.ts';

/** What a recording of a test is about. */
export const ABOUT: About = {
  type: 'evidence',
  mapaudit: '0.1.0',
  began: '2026-03-01T12:00:00.000Z',
  host: { name: 'host', kernel: 'Linux 6', machine: 'x64', cpus: 2, memory_bytes: 1e9 },
  recorded: {
    selection: { type: 'pid', pid: 7 },
    filters: { ops: ['delete', 'assign'] },
    keys: { type: 'full' },
    sample: 1,
    frames: 0,
    growth: true,
    races: false,
  },
};

export const PROCESS = { pid: 7, started: 1000, name: 'shop', buildId: 'ab' };

/** A window of one second. */
export const windowAt = (start: number, count: number): Window => ({
  start,
  lengthMs: 1000,
  counts: [
    {
      process: PROCESS,
      op: 'delete',
      mapType: 'map[string]int',
      mapAddress: '0xc000',
      site: { function: 'main.f', file: '/main.go', line: 7 },
      count,
      found: 0,
      notFound: 0,
      removed: 0,
    },
  ],
  loss: { ringFull: 0, sampled: 0 },
});

/** An event as the file has it. */
export const eventLine = (i: number): string =>
  JSON.stringify({
    type: 'event',
    time: `2026-03-01T12:00:0${i % 10}.000000001Z`,
    pid: 7,
    op: 'delete',
    function: 'runtime.mapdelete_faststr',
    map: { id: 1, address: '0xc000', type: 'map[string]int' },
    key: { text: `"sess:${i}"`, truncated: false },
    len: i,
    found: true,
    thread: 8,
    caller: { function: 'main.f', file: '/main.go', line: 7, inlined: false },
  });

export const SUMMARY = {
  type: 'summary',
  ended: 'duration',
  duration_ms: 3000,
  events: 6,
  lost: 0,
  sampled: 0,
};

/** A recording with three sections of two events, and three windows. */
export async function recordingBytes(): Promise<{
  readonly pieces: readonly Uint8Array[];
  readonly all: Buffer;
}> {
  const writer = new RecordingWriter();
  const pieces = await writer.begin(ABOUT);
  for (let i = 0; i < 3; i++) {
    writer.events(Buffer.from(`${eventLine(2 * i)}\n${eventLine(2 * i + 1)}\n`));
    writer.window(windowAt(Date.parse(ABOUT.began) + 1000 * i, i + 1));
    pieces.push(...(await writer.flush()));
  }
  pieces.push(...(await writer.finish(SUMMARY as { type: 'summary' })));
  return { pieces, all: Buffer.concat(pieces) };
}
