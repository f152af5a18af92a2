import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { MapauditError } from '../base/errors.ts';
import type { Notice } from '../protocol/notice.ts';
import type { PastOptions } from '../protocol/options.ts';
import type { WhoLine } from '../protocol/questions.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { KeyLife } from '../query/who/key_life.ts';
import { EventTally, KeptEvents } from '../query/who/kept_events.ts';
import { type KeptLine, keptLine, MalformedLine } from '../query/who/kept_line.ts';

/** Lines between two moments at which others get their turn. */
const BATCH = 4096;
/** The last moment that a date can be, in milliseconds: ECMA-262, Time Values. */
const LAST_DATE = 8.64e15;
/** Of the end of a file, enough to hold an event. */
const TAIL = 1 << 18;

/**
 * The life of one key out of what `trace --json -o FILE` or `who --json -o FILE` has kept. Errors: `no-such-file`,
 * `not-kept-events`. The last line may be half: somebody may still write.
 */
export async function* pastLines(
  options: PastOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly WhoLine[], void> {
  const began = performance.now();
  const from = options.sinceMs === undefined ? undefined : await sinceTime(options.path, options.sinceMs);
  const [life, kept, tally] = [new KeyLife(), new KeptEvents(options.filters), new EventTally()];
  let [lost, sampled] = [0, 0];
  let batch: WhoLine[] = [];
  let ended: EndReason = 'done';
  for await (const lines of batchesOf(options.path)) {
    for (const line of lines) {
      if (line.type === 'attached') batch.push(line);
      if (line.type === 'summary') [lost, sampled] = [lost + line.lost, sampled + line.sampled];
      if (line.type !== 'event' || (from !== undefined && line.time < from)) continue;
      if (!kept.accepts(line) || !life.take(line)) continue;
      batch.push(line);
      tally.add(line);
      if (tally.events === options.count) ended = 'count';
      if (ended === 'count') break;
    }
    yield batch;
    batch = [];
    if (signal.aborted) ended = 'ctrl-c';
    if (ended !== 'done') break;
  }
  const summary: Summary = {
    type: 'summary',
    ended,
    duration_ms: Math.round(performance.now() - began),
    events: tally.events,
    lost,
    sampled,
    loss: { ring_full: lost, output_slow: 0, key_unreadable: 0, stack_unreadable: 0, len_unreadable: 0 },
    by_op: tally.byOp(),
  };
  yield [...unnamedNotice(kept.unnamed), ...cutNotice(kept.cut), life.touched(), summary];
}

function unnamedNotice(count: number): Notice[] {
  if (count === 0) return [];
  const message = `${count.toLocaleString('en-US')} events have no whole key, and may be about this one`;
  return [
    {
      type: 'notice',
      level: 'warning',
      code: 'keys-not-kept',
      message,
      hint: 'Keep events with --keys=full.',
    },
  ];
}

function cutNotice(count: number): Notice[] {
  if (count === 0) return [];
  return [
    {
      type: 'notice',
      level: 'warning',
      code: 'keys-cut',
      message: `of ${count.toLocaleString('en-US')} events only the beginning of the key was kept, which is that of this key; what follows may differ`,
    },
  ];
}

async function* batchesOf(path: string): AsyncGenerator<readonly KeptLine[]> {
  const input = createReadStream(path, 'utf8');
  const failed = new Promise<never>((_, reject) =>
    input.once('error', (cause) => reject(unreadable(path, cause))),
  );
  failed.catch(() => undefined);
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
  let batch: KeptLine[] = [];
  let half: number | undefined;
  for (let number = 1; ; number++) {
    const next: IteratorResult<string, unknown> = await Promise.race([lines.next(), failed]);
    if (next.done === true) break;
    if (half !== undefined) throw notKept(path, half);
    const line = lineOf(path, number, next.value);
    if (line === undefined) half = number;
    else batch.push(line);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (half === 1) throw notKept(path, half);
  yield batch;
}

/** Undefined for what is no line of mapaudit. */
function lineOf(path: string, number: number, text: string): KeptLine | undefined {
  try {
    return keptLine(text);
  } catch (error) {
    if (error instanceof MalformedLine) throw notKept(path, number, error.message);
    throw error;
  }
}

/** The time so long before the last event of a file, as events write theirs. */
async function sinceTime(path: string, ms: number): Promise<string | undefined> {
  const file = await open(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL), 0, TAIL, Math.max(0, size - TAIL));
    const times = [...buffer.toString('utf8', 0, bytesRead).matchAll(/"type":"event","time":"([^"]+)"/g)];
    const last = times.at(-1)?.[1];
    const at = Date.parse(last ?? '') - ms;
    return Number.isNaN(at) || Math.abs(at) > LAST_DATE ? undefined : new Date(at).toISOString().slice(0, -1);
  } finally {
    await file.close();
  }
}

function unreadable(path: string, cause: unknown): MapauditError {
  return new MapauditError('no-such-file', `${path} cannot be read`, {
    cause,
    hint: 'Name the file that mapaudit trace --json -o FILE has written.',
  });
}

/** `part`: what of the line is wrong. */
function notKept(path: string, line: number, part?: string): MapauditError {
  const what = part === undefined ? '' : `: "${part}" is missing or makes no sense`;
  return new MapauditError('not-kept-events', `line ${line} of ${path} is not what mapaudit writes${what}`, {
    hint: 'Keep events with mapaudit trace -p PID --json -o FILE.',
    fields: { path, line, ...(part === undefined ? {} : { part }) },
  });
}
